//! Calls: what is asked of the world, evaluated.

use serde_json::{Map, Value, json};

use super::{
    data::{Scope, expression_fault, fault},
    state::{Purpose, State, Todo, Variables},
    stepper::Stepper,
};
use crate::{
    CallId, Effect, Fault, jq,
    language::{
        Authentication, Call, Credentials, Endpoint, FunctionCall, HttpCall, HttpOutput,
        OpenApiCall, StandardError, Uri, UseAuthentication,
    },
};

impl Stepper<'_> {
    pub(super) fn call(&mut self, activity: u64, call: &Call, input: &Value) -> Result<(), Fault> {
        match call {
            Call::Http(call) => {
                let request = self.http(activity, call, input)?;
                self.act(activity, "http.request", request)
            }
            Call::OpenApi(call) => {
                let request = self.open_api(activity, call, input)?;
                self.act(activity, "openapi.call", request)
            }
            Call::Function(call) => self.function(activity, call, input),
        }
    }

    fn act(&mut self, activity: u64, action: &str, input: Value) -> Result<(), Fault> {
        let action = action
            .parse()
            .map_err(|error| fault(StandardError::Configuration, "Unknown function", error))?;
        let (task, step) = self.names(activity);
        self.set_state(activity, State::Asking);
        self.ask(Some(activity), Purpose::Answer, |number| Effect::Act {
            call: CallId(number),
            task,
            step,
            action,
            input,
        });
        Ok(())
    }

    fn function(&mut self, activity: u64, call: &FunctionCall, input: &Value) -> Result<(), Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let key = format!("{}/call", whole.key);
        let with = match &call.with {
            Some(with) => Some(self.fill_map(with, input, &Scope::of(whole))?),
            None => None,
        };
        let Some(task) = self.program.playbook().use_.functions.get(&call.name) else {
            return self.act(activity, &call.name, with.unwrap_or_else(|| json!({})));
        };
        let task = task.reference.0.clone();
        let child = self.number();
        // A function sees what it is given and nothing of the place it is called from.
        let (input, variables) = (with.unwrap_or_else(|| input.clone()), Variables::new());
        self.todo.push(Todo::Single { parent: activity, child, task, key, input, variables });
        Ok(())
    }

    fn http(&self, activity: u64, call: &HttpCall, input: &Value) -> Result<Value, Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(Value::Null) };
        let scope = Scope::of(whole);
        let mut request = Map::new();
        let method = self.fill_text(&call.method, input, &scope)?.to_ascii_uppercase();
        request.insert("method".to_owned(), json!(method));
        let address = self.address(&call.endpoint, input, &scope)?;
        request.insert("endpoint".to_owned(), json!(address));
        for (name, part) in
            [("headers", &call.headers), ("body", &call.body), ("query", &call.query)]
        {
            if let Some(part) = part {
                request.insert(name.to_owned(), self.fill(part, input, &scope)?);
            }
        }
        request.insert("output".to_owned(), json!(output(call.output)));
        request.insert("redirect".to_owned(), json!(call.redirect.unwrap_or(false)));
        if let Some(how) = &call.endpoint.authentication {
            let how = self.authentication(how, input, &scope)?;
            request.insert("authentication".to_owned(), how);
        }
        Ok(Value::Object(request))
    }

    fn open_api(&self, activity: u64, call: &OpenApiCall, input: &Value) -> Result<Value, Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(Value::Null) };
        let scope = Scope::of(whole);
        let address = self.address(&call.document, input, &scope)?;
        let parameters = match &call.parameters {
            Some(parameters) => self.fill_map(parameters, input, &scope)?,
            None => json!({}),
        };
        let mut request = json!({
            "document": {"endpoint": address},
            "operationId": self.fill_text(&call.operation_id, input, &scope)?,
            "parameters": parameters,
            "output": output(call.output),
            "redirect": call.redirect.unwrap_or(false),
        });
        if let Some(how) = &call.authentication {
            request["authentication"] = self.authentication(how, input, &scope)?;
        }
        if let Some(how) = &call.document.authentication {
            request["document"]["authentication"] = self.authentication(how, input, &scope)?;
        }
        Ok(request)
    }

    fn address(
        &self,
        endpoint: &Endpoint,
        input: &Value,
        scope: &Scope<'_>,
    ) -> Result<String, Fault> {
        match &endpoint.uri {
            Uri::Template(address) => jq::interpolate(address, input).map_err(expression_fault),
            Uri::Expression(expression) => match self.expression(expression, input, scope)? {
                Value::String(address) => Ok(address),
                other => {
                    let detail = format!("an address must be a text, not {other}");
                    Err(fault(StandardError::Expression, "Not an address", detail))
                }
            },
        }
    }

    /// `{<scheme>: {…}}`, evaluated; a secret stays a reference, `{<scheme>: {use: <name>}}`.
    fn authentication(
        &self,
        how: &UseAuthentication,
        input: &Value,
        scope: &Scope<'_>,
    ) -> Result<Value, Fault> {
        let how: &Authentication = match how {
            UseAuthentication::Inline(how) => how,
            UseAuthentication::Named(name) => {
                self.program.playbook().use_.authentications.get(name).ok_or_else(|| {
                    let detail = format!("there is no use.authentications.{name}");
                    fault(StandardError::Configuration, "Unknown authentication", detail)
                })?
            }
        };
        let credentials = match &how.credentials {
            Credentials::Secret(name) => json!({"use": name}),
            Credentials::Inline(members) => self.fill_map(members, input, scope)?,
        };
        let mut made = Map::new();
        made.insert(how.scheme.keyword().to_owned(), credentials);
        Ok(Value::Object(made))
    }
}

fn output(output: Option<HttpOutput>) -> &'static str {
    match output {
        Some(HttpOutput::Raw) => "raw",
        Some(HttpOutput::Content) | None => "content",
        Some(HttpOutput::Response) => "response",
    }
}
