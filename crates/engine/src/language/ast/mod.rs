//! A playbook as a value: exactly the parts of the standard that we support.
//!
//! Owns the shapes and their defaults. A plain value that may hold `${ … }` is kept as JSON
//! ([`embedded_expression`](super::embedded_expression) tells which texts are expressions).

mod call;
mod events;
mod playbook;

pub use call::{
    Authentication, AuthenticationScheme, Call, Credentials, Endpoint, FunctionCall, HttpCall,
    HttpOutput, OpenApiCall, Uri, UseAuthentication,
};
pub use events::{
    Correlation, Emit, EventConsumption, EventPattern, Foreach, Listen, ReadAs, Until,
};
pub use playbook::{
    Backoff, Case, Catch, Document, Duration, ErrorDefinition, ErrorFilter, FlowDirective, For,
    ForIn, Fork, InputRule, OutputRule, Playbook, Raise, Retry, RetryLimit, RetryPolicy,
    RunPlaybook, Schedule, Schema, Set, Switch, Task, TaskBase, TaskKind, Timeout, Transform, Try,
    Use,
};
