//! Calls, and how to log in for them.

use serde_json::{Map, Value};

use crate::language::Expression;

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// `call: http`.
    Http(Box<HttpCall>),
    /// `call: openapi`.
    OpenApi(Box<OpenApiCall>),
    /// A function of `use.functions` or an action of the catalogue.
    Function(FunctionCall),
}

/// `with` of `call: http`.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpCall {
    /// The method, in any case, or an expression.
    pub method: String,
    /// Where.
    pub endpoint: Endpoint,
    /// An object of texts (expressions allowed in each), or one expression.
    pub headers: Option<Value>,
    /// The body, with expressions in it.
    pub body: Option<Value>,
    /// An object of texts (expressions allowed in each), or one expression.
    pub query: Option<Value>,
    /// What the task's output is.
    pub output: Option<HttpOutput>,
    /// True if 3xx is no error.
    pub redirect: Option<bool>,
}

/// `with` of `call: openapi`.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenApiCall {
    /// The document's name, if written.
    pub document_name: Option<String>,
    /// Where the OpenAPI document is.
    pub document: Endpoint,
    /// Which operation, or an expression.
    pub operation_id: String,
    /// Its parameters, with expressions in them.
    pub parameters: Option<Map<String, Value>>,
    /// How to log in.
    pub authentication: Option<UseAuthentication>,
    /// What the task's output is.
    pub output: Option<HttpOutput>,
    /// True if 3xx is no error.
    pub redirect: Option<bool>,
}

/// A call of a function or action.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionCall {
    /// Its name.
    pub name: String,
    /// Its input, with expressions in it.
    pub with: Option<Map<String, Value>>,
}

/// Where something is, and how to log in there.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Where.
    pub uri: Uri,
    /// How to log in.
    pub authentication: Option<UseAuthentication>,
}

/// An address.
#[derive(Debug, Clone, PartialEq)]
pub enum Uri {
    /// A URI with `{name}` placeholders, filled from the task's input.
    Template(String),
    /// `${ … }`.
    Expression(Expression),
}

/// A way to log in, here or by name.
#[derive(Debug, Clone, PartialEq)]
pub enum UseAuthentication {
    /// The name of one in `use.authentications`.
    Named(String),
    /// In place.
    Inline(Authentication),
}

/// A way to log in.
#[derive(Debug, Clone, PartialEq)]
pub struct Authentication {
    /// Which way.
    pub scheme: AuthenticationScheme,
    /// With what.
    pub credentials: Credentials,
}

/// The ways to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationScheme {
    /// `basic`: `username`, `password`.
    Basic,
    /// `bearer`: `token`.
    Bearer,
    /// `digest`: `username`, `password`.
    Digest,
    /// `oauth2`: `authority`, `grant`, `client`, …
    OAuth2,
}

impl AuthenticationScheme {
    /// Its keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::Digest => "digest",
            Self::OAuth2 => "oauth2",
        }
    }
}

/// What to log in with.
#[derive(Debug, Clone, PartialEq)]
pub enum Credentials {
    /// `{use: name}`: a secret that holds the scheme's properties; resolved outside the data flow.
    Secret(String),
    /// The scheme's properties, with expressions in them.
    Inline(Map<String, Value>),
}

/// What an HTTP call's output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpOutput {
    /// The body as it came, in base64.
    Raw,
    /// The body, read (the default).
    Content,
    /// The whole response.
    Response,
}
