//! `metadata.maxConcurrency`: rounds of a `for` at the same time, allowed only where the result is
//! the same as one after the other.
//!
//! In the standard a round's input is the output of the round before. So no task of the body may
//! read the input that the round began with, `while` may not either, and nothing may be exported.

use jaq_core::{
    load::{
        lex::StrPart,
        parse::{BinaryOp, Pattern, Term},
    },
    path::Part,
};

use kompel_model::Phrase;

use crate::language::{
    For, Playbook, Task, TaskKind, Transform,
    mistake::{Fault, heading},
    walk,
};

pub(super) fn faults(playbook: &Playbook) -> Vec<Fault> {
    let mut faults = Vec::new();
    for task in walk::tasks(playbook) {
        let written = task.base.metadata.as_ref().is_some_and(|m| m.contains_key("maxConcurrency"));
        match &task.kind {
            TaskKind::For(each) if task.max_concurrency() > 1 => {
                rounds(playbook, task, each, &mut faults)
            }
            TaskKind::For(_) => {}
            _ if written => {
                let pointer = format!("{}/metadata/maxConcurrency", task.reference);
                let span = heading(playbook.places.find(&pointer));
                let fault =
                    Fault::new("concurrency", span, Phrase::new("mistake-concurrency-here"));
                faults.push(fault.hint(Phrase::new("instead-concurrency-for")).warning());
            }
            _ => {}
        }
    }
    faults
}

fn rounds(playbook: &Playbook, task: &Task, each: &For, faults: &mut Vec<Fault>) {
    let places = &playbook.places;
    let mut refuse = |pointer: &str, says: Phrase, hint: Phrase| {
        let span = heading(places.find(pointer));
        faults.push(Fault::new("concurrency", span, says).hint(hint));
    };
    if each.while_.is_some() {
        let pointer = format!("{}/while", task.reference);
        let says = Phrase::new("mistake-concurrency-while");
        refuse(&pointer, says, Phrase::new("instead-leave-one-out"));
    }
    let mut within = vec![each.tasks.as_slice()];
    while let Some(tasks) = within.pop() {
        for inner in tasks {
            for pointer in super::exports(inner) {
                let hint = Phrase::new("instead-concurrency-export");
                refuse(&pointer, Phrase::new("mistake-concurrency-export"), hint);
            }
            within.extend(walk::inner(inner, false).into_iter().map(|list| list.tasks));
        }
    }
    let mut readers = Vec::new();
    leading(playbook, &each.tasks, &mut readers);
    for pointer in readers {
        let hint = Phrase::new("instead-concurrency-input")
            .text("item", format!("`${}`", each.each()))
            .text("code", format!("`input: {{from: ${}}}`", each.each()));
        let span = places.find(&pointer).value;
        let message = Phrase::new("mistake-concurrency-input");
        faults.push(Fault::new("concurrency", span, message).hint(hint));
    }
}

/// Gathers the expressions that read the input with which a list begins. True if that input may
/// come out of the list unchanged.
fn leading(playbook: &Playbook, tasks: &[Task], readers: &mut Vec<String>) -> bool {
    for task in tasks {
        let at = task.reference.0.as_str();
        let own_input = task.base.input.as_ref().and_then(|rule| rule.from.as_ref());
        let fresh = match own_input {
            Some(Transform::Expression(expression)) => !reads_input(expression.jq()),
            Some(Transform::Template(_)) => true,
            None => false,
        };
        let from = format!("{at}/input/from");
        let condition = format!("{at}/if");
        let lists = walk::inner(task, false);
        for placed in playbook.places.expressions() {
            let pointer = placed.pointer.as_str();
            let inside = pointer.strip_prefix(at).is_some_and(|rest| rest.starts_with('/'));
            let nested = lists.iter().flat_map(|list| list.tasks).any(|inner| {
                pointer
                    .strip_prefix(inner.reference.0.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
            });
            let before = pointer == condition || pointer.starts_with(&from);
            let after = ["output", "export"]
                .iter()
                .any(|part| pointer.starts_with(&format!("{at}/{part}/")));
            let over_event = matches!(task.kind, TaskKind::Listen(_));
            let judged = inside && !nested && (before || !(fresh || after || over_event));
            if judged && reads_input(placed.expression.jq()) {
                readers.push(placed.pointer.clone());
            }
        }
        let mut passes = matches!(task.kind, TaskKind::Switch(_) | TaskKind::Wait(_));
        if !fresh {
            for list in lists {
                passes |= leading(playbook, list.tasks, readers);
            }
        }
        let skipped = task.base.if_.is_some();
        if !(skipped || passes && !fresh) {
            return false;
        }
    }
    true
}

/// True if the program may read its input; also if that can't be told.
fn reads_input(jq: &str) -> bool {
    let nesting = jq.matches(NESTING).count()
        + ["if", "try", "label", "reduce", "foreach", "def"]
            .map(|word| jq.matches(word).count())
            .iter()
            .sum::<usize>();
    if jq.len() > LONGEST_JUDGED || nesting > MOST_NESTING {
        return true;
    }
    jaq_core::load::parse(jq, |parser| parser.term()).is_none_or(|term| reads(&term))
}

fn reads(term: &Term<&str>) -> bool {
    let any = |terms: &[Term<&str>]| terms.iter().any(reads);
    match term {
        Term::Id | Term::Recurse | Term::Def(..) => true,
        Term::Num(_) | Term::Var(_) | Term::Break(_) => false,
        Term::Str(_, parts) => parts.iter().any(|part| match part {
            StrPart::Term(term) => reads(term),
            StrPart::Str(_) | StrPart::Char(_) => false,
        }),
        Term::Arr(inner) => inner.as_deref().is_some_and(reads),
        Term::Obj(members) => members.iter().any(|(key, value)| {
            let shorthand = value.is_none() && !matches!(key, Term::Var(_));
            shorthand || reads(key) || value.as_ref().is_some_and(reads)
        }),
        Term::Neg(inner) | Term::Label(_, inner) => reads(inner),
        Term::BinOp(left, BinaryOp::Pipe(None), _) => reads(left),
        Term::BinOp(left, BinaryOp::Pipe(Some(pattern)), right) => {
            reads(left) || reads(right) || pattern_reads(pattern)
        }
        Term::BinOp(left, _, right) => reads(left) || reads(right),
        Term::Fold(_, over, _, parts) => reads(over) || any(parts.get(..1).unwrap_or(&[])),
        Term::TryCatch(inner, _) => reads(inner),
        Term::IfThenElse(cases, otherwise) => {
            otherwise.is_none()
                || cases.iter().any(|(when, then)| reads(when) || reads(then))
                || otherwise.as_deref().is_some_and(reads)
        }
        Term::Call(name, _) => !matches!(*name, "null" | "true" | "false" | "empty"),
        Term::Path(from, path) => {
            reads(from)
                || path.0.iter().any(|(part, _)| match part {
                    Part::Index(term) => reads(term),
                    Part::Range(start, end) => [start, end].into_iter().flatten().any(reads),
                })
        }
    }
}

fn pattern_reads(pattern: &Pattern<&str>) -> bool {
    match pattern {
        Pattern::Var(_) => false,
        Pattern::Arr(parts) => parts.iter().any(pattern_reads),
        Pattern::Obj(members) => {
            members.iter().any(|(key, inner)| reads(key) || pattern_reads(inner))
        }
    }
}

/// Longer and more nested programs are taken to read their input: jaq's parser recurses.
const LONGEST_JUDGED: usize = 4_000;
const MOST_NESTING: usize = 100;
const NESTING: [char; 9] = ['(', '[', '{', '-', '|', ',', ':', '=', '+'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_nested_without_end_is_judged_on_a_small_stack() {
        let programs = ["(", "[", "{a:", "-", ".|", "if ", ".[", "try ", "\"\\(", ". as $x|"];
        let judge = move || {
            for piece in programs {
                for times in [MOST_NESTING / 2, MOST_NESTING, LONGEST_JUDGED / piece.len()] {
                    assert!(reads_input(&piece.repeat(times)), "{piece}");
                    reads_input(&format!("{}.a", piece.repeat(times)));
                }
            }
        };
        let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(judge).unwrap();
        thread.join().unwrap();
    }

    #[test]
    fn a_program_reads_its_input_unless_it_is_made_of_variables() {
        for (jq, reads) in [
            (".", true),
            (".a", true),
            ("$item.name", false),
            ("$item | .name", false),
            ("{name: $item.name, list: [$item.a[]]}", false),
            ("{$item}", false),
            ("{item}", true),
            ("$item.a + .b", true),
            ("\"\\($item.a)!\"", false),
            ("\"\\(.a)!\"", true),
            ("$item.list | map(.x)", false),
            ("map(.x)", true),
            ("$item[.k]", true),
            ("if $item.a then 1 else 2 end", false),
            ("if $item.a then . else 2 end", true),
            ("(", true),
        ] {
            assert_eq!(reads_input(jq), reads, "{jq}");
        }
    }
}
