//! From text to a tree that can be evaluated; refuses what is not available while doing so.

use std::collections::BTreeSet;

use jaq_core::{
    load::{
        Lexer, Parser,
        lex::{StrPart, Tok, Token},
        parse::{BinaryOp, Def, Pattern as Pat, Term},
    },
    ops::{Cmp, Math},
    path::{Opt, Part as PathPart},
};

use super::{
    Error,
    builtins::{self, Special, ValueFn},
    error::{END, Why},
    limits::{BRACKETS, COMMAS, OPERATORS, TEXT_BYTES},
    prelude,
    value::Val,
};

/// One operation. Owned and immutable, so that it can be shared between threads.
#[derive(Debug)]
pub(super) enum Node {
    Identity,
    Descend,
    Literal(Val),
    Text(Option<String>, Vec<Piece>),
    Array(Option<Box<Self>>),
    Object(Vec<(Self, Self)>),
    Negate(Box<Self>),
    Pipe(Box<Self>, Box<Self>),
    Bind(Box<Self>, Pattern, Box<Self>),
    Comma(Vec<Self>),
    Alternative(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    And(Box<Self>, Box<Self>),
    Math(Math, Box<Self>, Box<Self>),
    Compare(Cmp, Box<Self>, Box<Self>),
    Assign(Assign, Box<Self>, Box<Self>),
    Label(String, Box<Self>),
    Break(String),
    Reduce(Box<Self>, Pattern, Box<Self>, Box<Self>),
    Foreach(Box<Self>, Pattern, Box<Self>, Box<Self>, Option<Box<Self>>),
    Try(Box<Self>, Option<Box<Self>>),
    If(Box<Self>, Box<Self>, Option<Box<Self>>),
    Variable(String),
    Access(Box<Self>, Vec<(Part, bool)>),
    Values(ValueFn, Vec<Self>),
    Special(Special, Vec<Self>),
    Defined(&'static str, Vec<Self>),
    Parameter(String),
}

/// How `|=` and its kin change a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Assign {
    Set,
    Update,
    Math(Math),
    Default,
}

/// A piece of a text.
#[derive(Debug)]
pub(super) enum Piece {
    Plain(String),
    Inserted(Node),
}

/// A step of a path.
#[derive(Debug)]
pub(super) enum Part {
    Each,
    Index(Node),
    Slice(Option<Node>, Option<Node>),
}

/// What `as` binds.
#[derive(Debug)]
pub(super) enum Pattern {
    Name(String),
    Array(Vec<Self>),
    Object(Vec<(Node, Self)>),
}

/// Reads an expression of a playbook.
pub(super) fn compile(text: &str) -> Result<Node, Error> {
    if text.len() > TEXT_BYTES {
        return Err(Error::TooLong { bytes: text.len(), most: TEXT_BYTES });
    }
    check_brackets(text)?;
    let tokens = Lexer::new(text).lex().map_err(|errors| {
        let (expected, at) = errors.first().map_or(("a token", ""), |e| (e.0.as_str(), e.1));
        Error::Syntax { expected: expected.to_owned(), at: at.chars().take(40).collect() }
    })?;
    check_tokens(&tokens)?;
    let term = Parser::new(&tokens).parse(|parser| parser.term()).map_err(|errors| {
        let (expected, at) = errors.first().map_or(("a term", END), |error| {
            (error.0.as_str(), error.1.map_or(END, |token| token.0))
        });
        Error::Syntax { expected: expected.to_owned(), at: at.chars().take(40).collect() }
    })?;
    Compiler { parameters: &[], prelude: false }.term(&term)
}

/// A definition of the prelude; its parameters are filters.
pub(super) fn compile_definition(def: &Def<&str>) -> Result<Node, Error> {
    Compiler { parameters: &def.args, prelude: true }.term(&def.body)
}

/// Bounds the lexer's recursion: brackets within texts count too, which only refuses odd texts.
fn check_brackets(text: &str) -> Result<(), Error> {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > BRACKETS {
            return Err(Error::TooNested);
        }
    }
    Ok(())
}

/// Bounds the parser's recursion, and refuses definitions by their token.
fn check_tokens(tokens: &[Token<&str>]) -> Result<(), Error> {
    let mut operators = Operators { nesting: 0, commas: 0 };
    operators.count(tokens)?;
    let few = operators.nesting <= OPERATORS && operators.commas <= COMMAS;
    if few { Ok(()) } else { Err(Error::TooNested) }
}

struct Operators {
    nesting: usize,
    commas: usize,
}

impl Operators {
    fn count(&mut self, tokens: &[Token<&str>]) -> Result<(), Error> {
        for Token(text, token) in tokens {
            match token {
                Tok::Block(inner) => self.count(inner)?,
                Tok::Str(parts) => {
                    for part in parts {
                        if let StrPart::Term(inner) = part {
                            self.count(std::slice::from_ref(inner))?;
                        }
                    }
                }
                Tok::Word => match *text {
                    "def" | "import" | "include" => {
                        return Err(refused(text, Why::Defines));
                    }
                    "if" | "elif" | "try" | "reduce" | "foreach" | "label" | "as" | "or"
                    | "and" => self.nesting += 1,
                    _ => {}
                },
                Tok::Sym => match *text {
                    "," => self.commas += 1,
                    ":" | ";" | "?" | "]" | ")" | "}" => {}
                    text if text.starts_with('.') => {}
                    _ => self.nesting += 1,
                },
                Tok::Var | Tok::Fmt | Tok::Num => {}
            }
        }
        Ok(())
    }
}

fn refused(name: &str, why: Why) -> Error {
    Error::Refused { name: name.to_owned(), why }
}

struct Compiler<'a> {
    parameters: &'a [&'a str],
    prelude: bool,
}

impl Compiler<'_> {
    fn boxed(&self, term: &Term<&str>) -> Result<Box<Node>, Error> {
        self.term(term).map(Box::new)
    }

    fn all(&self, terms: &[Term<&str>]) -> Result<Vec<Node>, Error> {
        terms.iter().map(|term| self.term(term)).collect()
    }

    fn term(&self, term: &Term<&str>) -> Result<Node, Error> {
        Ok(match term {
            Term::Id => Node::Identity,
            Term::Recurse => Node::Descend,
            Term::Num(text) => Node::Literal(number(text)?),
            Term::Str(format, parts) => self.text(*format, parts)?,
            Term::Arr(None) => Node::Array(None),
            Term::Arr(Some(inner)) => Node::Array(Some(self.boxed(inner)?)),
            Term::Obj(members) => self.object(members)?,
            Term::Neg(inner) => Node::Negate(self.boxed(inner)?),
            Term::BinOp(left, op, right) => self.binary(left, op, right)?,
            Term::Label(name, inner) => Node::Label((*name).to_owned(), self.boxed(inner)?),
            Term::Break(name) => Node::Break((*name).to_owned()),
            Term::Fold(kind, source, pattern, arguments) => {
                self.fold(kind, source, pattern, arguments)?
            }
            Term::TryCatch(inner, handler) => {
                let handler = handler.as_ref().map(|handler| self.boxed(handler)).transpose()?;
                Node::Try(self.boxed(inner)?, handler)
            }
            Term::IfThenElse(cases, otherwise) => {
                let mut node = otherwise.as_ref().map(|term| self.boxed(term)).transpose()?;
                for (condition, then) in cases.iter().rev() {
                    let case = Node::If(self.boxed(condition)?, self.boxed(then)?, node);
                    node = Some(Box::new(case));
                }
                node.map_or(Node::Identity, |node| *node)
            }
            Term::Def(_, _) => {
                return Err(refused("def", Why::Defines));
            }
            Term::Call(name, arguments) => self.call(name, arguments)?,
            Term::Var(name) => Node::Variable(variable(name)?),
            Term::Path(head, path) => self.path(head, &path.0)?,
        })
    }

    fn text(
        &self,
        format: Option<&str>,
        parts: &[StrPart<&str, Term<&str>>],
    ) -> Result<Node, Error> {
        let mut pieces = Vec::new();
        for part in parts {
            let plain = match part {
                StrPart::Str(text) => (*text).to_owned(),
                StrPart::Char(character) => character.to_string(),
                StrPart::Term(term) => {
                    pieces.push(Piece::Inserted(self.term(term)?));
                    continue;
                }
            };
            match pieces.last_mut() {
                Some(Piece::Plain(before)) => before.push_str(&plain),
                _ => pieces.push(Piece::Plain(plain)),
            }
        }
        if let Some(format) = format.filter(|format| builtins::value_fn(format, 0).is_none()) {
            return Err(Error::UnknownFunction { name: format.to_owned(), arity: 0 });
        }
        Ok(match pieces.as_slice() {
            [] => Node::Literal(Val::text("")),
            [Piece::Plain(text)] => Node::Literal(Val::text(text)),
            _ => Node::Text(format.map(str::to_owned), pieces),
        })
    }

    fn object(&self, members: &[(Term<&str>, Option<Term<&str>>)]) -> Result<Node, Error> {
        let member = |(key, value): &(Term<&str>, Option<Term<&str>>)| {
            Ok(match (key, value) {
                (Term::Var(name), None) => {
                    let name = variable(name)?;
                    (Node::Literal(Val::text(&name)), Node::Variable(name))
                }
                (key, Some(value)) => (self.term(key)?, self.term(value)?),
                (key, None) => {
                    let part = (Part::Index(self.term(key)?), false);
                    (self.term(key)?, Node::Access(Box::new(Node::Identity), vec![part]))
                }
            })
        };
        members.iter().map(member).collect::<Result<_, _>>().map(Node::Object)
    }

    fn binary(
        &self,
        left: &Term<&str>,
        op: &BinaryOp<&str>,
        right: &Term<&str>,
    ) -> Result<Node, Error> {
        let (l, r) = (self.boxed(left)?, self.boxed(right)?);
        Ok(match op {
            BinaryOp::Pipe(None) => Node::Pipe(l, r),
            BinaryOp::Pipe(Some(pattern)) => Node::Bind(l, self.pattern(pattern)?, r),
            BinaryOp::Comma => {
                let mut all = match *l {
                    Node::Comma(all) => all,
                    one => vec![one],
                };
                all.push(*r);
                Node::Comma(all)
            }
            BinaryOp::Alt => Node::Alternative(l, r),
            BinaryOp::Or => Node::Or(l, r),
            BinaryOp::And => Node::And(l, r),
            BinaryOp::Math(op) => Node::Math(*op, l, r),
            BinaryOp::Cmp(op) => Node::Compare(*op, l, r),
            BinaryOp::Assign => Node::Assign(Assign::Set, l, r),
            BinaryOp::Update => Node::Assign(Assign::Update, l, r),
            BinaryOp::UpdateMath(op) => Node::Assign(Assign::Math(*op), l, r),
            BinaryOp::UpdateAlt => Node::Assign(Assign::Default, l, r),
        })
    }

    fn fold(
        &self,
        kind: &str,
        source: &Term<&str>,
        pattern: &Pat<&str>,
        arguments: &[Term<&str>],
    ) -> Result<Node, Error> {
        let (source, pattern) = (self.boxed(source)?, self.pattern(pattern)?);
        match (kind, arguments) {
            ("reduce", [init, update]) => {
                Ok(Node::Reduce(source, pattern, self.boxed(init)?, self.boxed(update)?))
            }
            ("foreach", [init, update, rest @ ..]) if rest.len() <= 1 => {
                let extract = rest.first().map(|term| self.boxed(term)).transpose()?;
                let (init, update) = (self.boxed(init)?, self.boxed(update)?);
                Ok(Node::Foreach(source, pattern, init, update, extract))
            }
            _ => Err(Error::Syntax { expected: "(start; update)".to_owned(), at: kind.to_owned() }),
        }
    }

    fn pattern(&self, pattern: &Pat<&str>) -> Result<Pattern, Error> {
        Ok(match pattern {
            Pat::Var(name) => Pattern::Name(name[1..].to_owned()),
            Pat::Arr(items) => {
                Pattern::Array(items.iter().map(|p| self.pattern(p)).collect::<Result<_, _>>()?)
            }
            Pat::Obj(members) => {
                let member = |(key, inner): &(Term<&str>, Pat<&str>)| {
                    Ok((self.term(key)?, self.pattern(inner)?))
                };
                Pattern::Object(members.iter().map(member).collect::<Result<_, Error>>()?)
            }
        })
    }

    fn path(
        &self,
        head: &Term<&str>,
        parts: &[(PathPart<Term<&str>>, Opt)],
    ) -> Result<Node, Error> {
        let part = |(part, opt): &(PathPart<Term<&str>>, Opt)| {
            let part = match part {
                PathPart::Index(index) => Part::Index(self.term(index)?),
                PathPart::Range(None, None) => Part::Each,
                PathPart::Range(from, to) => Part::Slice(
                    from.as_ref().map(|term| self.term(term)).transpose()?,
                    to.as_ref().map(|term| self.term(term)).transpose()?,
                ),
            };
            Ok((part, matches!(opt, Opt::Optional)))
        };
        let parts = parts.iter().map(part).collect::<Result<_, Error>>()?;
        Ok(Node::Access(self.boxed(head)?, parts))
    }

    fn call(&self, name: &str, arguments: &[Term<&str>]) -> Result<Node, Error> {
        if arguments.is_empty() && self.parameters.contains(&name) {
            return Ok(Node::Parameter(name.to_owned()));
        }
        match (name, arguments.len()) {
            ("true", 0) => return Ok(Node::Literal(Val::Bool(true))),
            ("false", 0) => return Ok(Node::Literal(Val::Bool(false))),
            ("null", 0) => return Ok(Node::Literal(Val::Null)),
            ("env" | "input" | "inputs" | "input_filename" | "input_line_number", _) => {
                return Err(refused(name, Why::Sees));
            }
            ("now" | "localtime" | "strflocaltime" | "date", _) => {
                return Err(refused(name, Why::Clock));
            }
            ("halt" | "halt_error" | "debug" | "stderr" | "get_search_list" | "import", _) => {
                return Err(refused(name, Why::Outside));
            }
            _ => {}
        }
        let hidden = name.starts_with('_') && !self.prelude;
        let unknown = || Error::UnknownFunction { name: name.to_owned(), arity: arguments.len() };
        if hidden {
            return Err(unknown());
        }
        let given = self.all(arguments)?;
        if let Some(function) = builtins::value_fn(name, given.len()) {
            return Ok(Node::Values(function, given));
        }
        if let Some(special) = Special::find(name, given.len()) {
            return Ok(Node::Special(special, given));
        }
        let defined = prelude::find(name, given.len()).ok_or_else(unknown)?;
        Ok(Node::Defined(defined, given))
    }
}

fn number(text: &str) -> Result<Val, Error> {
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(Val::Int(whole));
    }
    let syntax = || Error::Syntax { expected: "a number".to_owned(), at: text.to_owned() };
    text.parse::<f64>().map(Val::number).map_err(|_| syntax())
}

fn variable(name: &str) -> Result<String, Error> {
    let bare = name.trim_start_matches('$');
    match bare {
        "secrets" => Err(refused(name, Why::Secret)),
        "ENV" => Err(refused(name, Why::Sees)),
        "__loc__" | "__prog_args" => Err(refused(name, Why::Meaningless)),
        _ => Ok(bare.to_owned()),
    }
}

/// The variables that a tree reads and does not bind, in order.
pub(super) fn free_variables(node: &Node) -> Vec<&str> {
    let mut free = BTreeSet::new();
    collect_free(node, &mut Vec::new(), &mut free);
    free.into_iter().collect()
}

fn collect_free<'n>(node: &'n Node, bound: &mut Vec<&'n str>, free: &mut BTreeSet<&'n str>) {
    let with = |pattern: &'n Pattern,
                inside: &[&'n Node],
                bound: &mut Vec<&'n str>,
                free: &mut BTreeSet<&'n str>| {
        let before = bound.len();
        names(pattern, bound, free);
        inside.iter().for_each(|node| collect_free(node, bound, free));
        bound.truncate(before);
    };
    match node {
        Node::Variable(name) => {
            if !bound.contains(&name.as_str()) {
                free.insert(name);
            }
        }
        Node::Bind(source, pattern, body) => {
            collect_free(source, bound, free);
            with(pattern, &[body], bound, free);
        }
        Node::Reduce(source, pattern, init, update) => {
            collect_free(source, bound, free);
            collect_free(init, bound, free);
            with(pattern, &[update], bound, free);
        }
        Node::Foreach(source, pattern, init, update, extract) => {
            collect_free(source, bound, free);
            collect_free(init, bound, free);
            let mut inside: Vec<&Node> = vec![update];
            inside.extend(extract.as_deref());
            with(pattern, &inside, bound, free);
        }
        other => {
            for child in other.children() {
                collect_free(child, bound, free);
            }
        }
    }
}

fn names<'n>(pattern: &'n Pattern, bound: &mut Vec<&'n str>, free: &mut BTreeSet<&'n str>) {
    match pattern {
        Pattern::Name(name) => bound.push(name),
        Pattern::Array(items) => items.iter().for_each(|item| names(item, bound, free)),
        Pattern::Object(members) => {
            for (key, inner) in members {
                collect_free(key, bound, free);
                names(inner, bound, free);
            }
        }
    }
}

impl Node {
    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Identity
            | Self::Descend
            | Self::Literal(_)
            | Self::Array(None)
            | Self::Break(_)
            | Self::Variable(_)
            | Self::Parameter(_) => Vec::new(),
            Self::Text(_, pieces) => pieces.iter().filter_map(Piece::inserted).collect(),
            Self::Array(Some(one)) | Self::Negate(one) | Self::Label(_, one) => vec![one],
            Self::Object(members) => members.iter().flat_map(|(k, v)| [k, v]).collect(),
            Self::Pipe(a, b)
            | Self::Alternative(a, b)
            | Self::Or(a, b)
            | Self::And(a, b)
            | Self::Math(_, a, b)
            | Self::Compare(_, a, b)
            | Self::Assign(_, a, b)
            | Self::Bind(a, _, b) => vec![a, b],
            Self::Comma(all)
            | Self::Values(_, all)
            | Self::Special(_, all)
            | Self::Defined(_, all) => all.iter().collect(),
            Self::Reduce(a, _, b, c) => vec![a, b, c],
            Self::Foreach(a, _, b, c, d) => [&**a, b, c].into_iter().chain(d.as_deref()).collect(),
            Self::Try(a, b) => [&**a].into_iter().chain(b.as_deref()).collect(),
            Self::If(a, b, c) => [&**a, b].into_iter().chain(c.as_deref()).collect(),
            Self::Access(head, parts) => {
                [&**head].into_iter().chain(parts.iter().flat_map(|part| part.0.nodes())).collect()
            }
        }
    }
}

impl Piece {
    fn inserted(&self) -> Option<&Node> {
        match self {
            Self::Plain(_) => None,
            Self::Inserted(node) => Some(node),
        }
    }
}

impl Part {
    fn nodes(&self) -> Vec<&Node> {
        match self {
            Self::Each => Vec::new(),
            Self::Index(index) => vec![index],
            Self::Slice(from, to) => from.iter().chain(to).collect(),
        }
    }
}
