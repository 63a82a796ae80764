//! The playbook language: the stated subset of the Open Workflow Specification, DSL 1.0.3.
//!
//! Owns what a playbook file may say and where each part of it stands in the text. Does not own
//! what it means at run time: that is the machine.

mod ast;
mod check;
mod duration;
mod english;
mod error_type;
mod expression;
mod mistake;
mod parse;
mod place;
mod schema;
#[cfg(test)]
mod tests;
mod walk;
mod write;
mod yaml;

pub use ast::{
    Authentication, AuthenticationScheme, Backoff, Call, Case, Catch, Correlation, Credentials,
    Document, Duration, Emit, Endpoint, ErrorDefinition, ErrorFilter, EventConsumption,
    EventPattern, FlowDirective, For, ForIn, Foreach, Fork, FunctionCall, HttpCall, HttpOutput,
    InputRule, Listen, OpenApiCall, OutputRule, Playbook, Raise, ReadAs, Retry, RetryLimit,
    RetryPolicy, RunPlaybook, Schedule, Schema, Set, Switch, Task, TaskBase, TaskKind, Timeout,
    Transform, Try, Until, Uri, Use, UseAuthentication,
};
pub use check::check;
pub(crate) use check::no_schema;
pub use duration::{FixedDuration, UnusableDuration};
pub(crate) use english::english;
pub use error_type::{StandardError, same_error_type};
pub use expression::{Expression, embedded_expression};
pub use mistake::{Mistake, Severity};
pub use parse::{parse, read_value};
pub use place::{Place, PlacedExpression, Places, Span};
pub use schema::schema;
