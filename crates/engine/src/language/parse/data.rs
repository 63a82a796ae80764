//! Reads what many tasks share: inputs and outputs, schemas, durations, errors, authentications.

use kompel_model::{Arg, Phrase};
use serde_json::Value;

use super::reader::{Fields, Position, Reader, Spot};
use crate::language::{
    Authentication, AuthenticationScheme, Backoff, Credentials, Duration, Endpoint,
    ErrorDefinition, ErrorFilter, Expression, FixedDuration, FlowDirective, HttpOutput, InputRule,
    OutputRule, ReadAs, Retry, RetryLimit, RetryPolicy, Schema, Timeout, Transform, Uri,
    UseAuthentication, embedded_expression,
    mistake::{Fault, write},
    yaml::Kind,
};

impl Reader {
    pub(super) fn input_rule(&mut self, spot: &Spot<'_>, position: Position) -> Option<InputRule> {
        let fields = self.fields(spot, "`input`", &["schema", "from"])?;
        let schema = self.optional(&fields, "schema", Self::schema);
        let from = self.optional(&fields, "from", |reader, spot| reader.transform(spot, position));
        Some(InputRule { schema: schema?, from: from? })
    }

    pub(super) fn output_rule(
        &mut self,
        spot: &Spot<'_>,
        what: impl Into<Arg>,
        position: Position,
    ) -> Option<OutputRule> {
        let fields = self.fields(spot, what, &["schema", "as"])?;
        let schema = self.optional(&fields, "schema", Self::schema);
        let as_ = self.optional(&fields, "as", |reader, spot| reader.transform(spot, position));
        Some(OutputRule { schema: schema?, as_: as_? })
    }

    /// A member that may be missing. `None` only if it is there and can't be read.
    pub(super) fn optional<'n, T>(
        &mut self,
        fields: &Fields<'n>,
        key: &str,
        read: impl FnOnce(&mut Self, &Spot<'n>) -> Option<T>,
    ) -> Option<Option<T>> {
        match fields.get(key) {
            Some(spot) => read(self, &spot).map(Some),
            None => Some(None),
        }
    }

    fn transform(&mut self, spot: &Spot<'_>, position: Position) -> Option<Transform> {
        match spot.node.kind {
            Kind::Map(_) => {
                self.object(spot, Phrase::new("part-object"), position).map(Transform::Template)
            }
            _ => self.expression(spot, position).map(Transform::Expression),
        }
    }

    fn schema(&mut self, spot: &Spot<'_>) -> Option<Schema> {
        let fields = self.fields(spot, Phrase::new("part-schema"), &["format", "document"])?;
        let format = self.optional(&fields, "format", Self::text);
        if let Some(Some(format)) = &format
            && format != "json"
            && !format.starts_with("json:")
        {
            let at = fields.get("format").map_or(fields.span, |spot| spot.node.span);
            let fault = Fault::new(
                "schema-format",
                at,
                Phrase::new("mistake-refused").text("what", format),
            );
            self.fault(fault.hint(Phrase::new("instead-schema-format")));
        }
        if fields.has("resource") {
            return None;
        }
        let document = self.need(&fields, "document", Phrase::new("instead-schema-document"))?;
        Some(Schema { format: format?, document: document.node.to_value() })
    }

    pub(super) fn duration(&mut self, spot: &Spot<'_>) -> Option<Duration> {
        if let Kind::Text(text) = &spot.node.kind
            && embedded_expression(text).is_some()
        {
            return self.expression(spot, Position::Definition).map(Duration::Expression);
        }
        match FixedDuration::from_value(&spot.node.to_value()) {
            Ok(duration) => Some(Duration::Fixed(duration)),
            Err(unusable) => {
                let fault = Fault::new("duration", spot.node.span, Phrase::new("mistake-duration"));
                self.fault(fault.hint(unusable.instead));
                None
            }
        }
    }

    pub(super) fn timeout(&mut self, spot: &Spot<'_>) -> Option<Timeout> {
        if matches!(spot.node.kind, Kind::Text(_)) {
            return self.name(spot).map(Timeout::Named);
        }
        let fields = self.fields(spot, "`timeout`", &["after"])?;
        let after = self.need(&fields, "after", write("`after: PT30S`"))?;
        self.duration(&after).map(Timeout::After)
    }

    pub(super) fn flow(&mut self, spot: &Spot<'_>) -> Option<FlowDirective> {
        Some(match self.name(spot)?.as_str() {
            "continue" => FlowDirective::Continue,
            "exit" => FlowDirective::Exit,
            "end" => FlowDirective::End,
            name => FlowDirective::To(name.to_owned()),
        })
    }

    pub(super) fn read_as(&mut self, spot: &Spot<'_>) -> Option<ReadAs> {
        let words = [("data", ReadAs::Data), ("envelope", ReadAs::Envelope), ("raw", ReadAs::Raw)];
        self.word(spot, &words)
    }

    pub(super) fn http_output(&mut self, spot: &Spot<'_>) -> Option<HttpOutput> {
        let words = [
            ("raw", HttpOutput::Raw),
            ("content", HttpOutput::Content),
            ("response", HttpOutput::Response),
        ];
        self.word(spot, &words)
    }

    pub(super) fn endpoint(&mut self, spot: &Spot<'_>) -> Option<Endpoint> {
        if matches!(spot.node.kind, Kind::Text(_)) {
            return Some(Endpoint { uri: self.uri(spot)?, authentication: None });
        }
        let fields = self.fields(spot, "`endpoint`", &["uri", "authentication"])?;
        let uri = self.need(&fields, "uri", write("`uri: https://…`"));
        let uri = uri.and_then(|spot| self.uri(&spot));
        let authentication = self.optional(&fields, "authentication", Self::use_authentication);
        Some(Endpoint { uri: uri?, authentication: authentication? })
    }

    fn uri(&mut self, spot: &Spot<'_>) -> Option<Uri> {
        let text = self.name(spot)?;
        if embedded_expression(&text).is_some() {
            return self.expression(spot, Position::Definition).map(Uri::Expression);
        }
        if text.contains("${") || text.contains(char::is_whitespace) {
            let fault =
                Fault::new("uri", spot.node.span, Phrase::new("mistake-uri").text("text", text));
            let hint = Phrase::new("instead-uri")
                .text("uri", "https://host/{name}")
                .text("expression", r#"${ "https://host/\(.name)" }"#);
            self.fault(fault.hint(hint));
            return None;
        }
        Some(Uri::Template(text))
    }

    pub(super) fn use_authentication(&mut self, spot: &Spot<'_>) -> Option<UseAuthentication> {
        let members = self.members(spot, Phrase::new("part-authentication"))?;
        if members.iter().any(|entry| entry.key == "use") {
            let fields = self.fields(spot, Phrase::new("part-authentication"), &["use"])?;
            let name = self.need(&fields, "use", write("`use: …`"))?;
            return self.name(&name).map(UseAuthentication::Named);
        }
        self.authentication(spot).map(UseAuthentication::Inline)
    }

    pub(super) fn authentication(&mut self, spot: &Spot<'_>) -> Option<Authentication> {
        let known = ["basic", "bearer", "digest", "oauth2"];
        let fields = self.fields(spot, Phrase::new("part-authentication"), &known)?;
        let schemes = [
            (AuthenticationScheme::Basic, &["username", "password"][..]),
            (AuthenticationScheme::Bearer, &["token"]),
            (AuthenticationScheme::Digest, &["username", "password"]),
            (AuthenticationScheme::OAuth2, &["authority", "grant"]),
        ];
        let mut written = schemes.iter().filter(|(scheme, _)| fields.has(scheme.keyword()));
        let (Some((scheme, needed)), None) = (written.next(), written.next()) else {
            if fields.keys().all(|key| known.contains(&key)) {
                let fault = Fault::new(
                    "authentication",
                    fields.span,
                    Phrase::new("mistake-authentication"),
                );
                self.fault(
                    fault.hint(
                        Phrase::new("instead-one-of")
                            .text("names", "`basic`, `bearer`, `digest`, `oauth2`, `use`"),
                    ),
                );
            }
            return None;
        };
        let spot = fields.get(scheme.keyword())?;
        let credentials = self.credentials(&spot, *scheme, needed)?;
        Some(Authentication { scheme: *scheme, credentials })
    }

    fn credentials(
        &mut self,
        spot: &Spot<'_>,
        scheme: AuthenticationScheme,
        needed: &[&str],
    ) -> Option<Credentials> {
        let members = self.members(spot, Phrase::new("part-authentication"))?;
        if members.iter().any(|entry| entry.key == "use") {
            let fields = self.fields(spot, Phrase::new("part-secret"), &["use"])?;
            let name = self.need(&fields, "use", write("`use: …`"))?;
            return self.name(&name).map(Credentials::Secret);
        }
        let known = match scheme {
            AuthenticationScheme::OAuth2 => &OAUTH2_FIELDS[..],
            AuthenticationScheme::Basic
            | AuthenticationScheme::Bearer
            | AuthenticationScheme::Digest => needed,
        };
        let fields = self.fields(spot, format!("`{}`", scheme.keyword()), known)?;
        let missing = needed.iter().filter(|key| !fields.has(key)).count();
        for key in needed {
            self.need(&fields, key, Phrase::new("instead-credential"));
        }
        let properties =
            self.object(spot, Phrase::new("part-authentication"), Position::Definition)?;
        (missing == 0).then_some(Credentials::Inline(properties))
    }

    pub(super) fn error_definition(&mut self, spot: &Spot<'_>) -> Option<ErrorDefinition> {
        let known = ["type", "status", "instance", "title", "detail"];
        let fields = self.fields(spot, Phrase::new("part-error"), &known)?;
        let text = |reader: &mut Self, spot: &Spot<'_>| {
            reader.text_or_expression(spot, Position::Definition)
        };
        let kind = self.need(&fields, "type", Phrase::new("instead-error-kind"));
        let kind = kind.and_then(|spot| text(self, &spot));
        let status = self.need(&fields, "status", Phrase::new("instead-status"));
        let status = status.and_then(|spot| self.status(&spot));
        let instance = self.optional(&fields, "instance", text);
        let title = self.optional(&fields, "title", text);
        let detail = self.optional(&fields, "detail", text);
        Some(ErrorDefinition {
            kind: kind?,
            status: status?,
            instance: instance?,
            title: title?,
            detail: detail?,
        })
    }

    pub(super) fn error_filter(&mut self, spot: &Spot<'_>) -> Option<ErrorFilter> {
        let known = ["type", "status", "instance", "title", "detail"];
        let fields = self.fields(spot, Phrase::new("part-error-filter"), &known)?;
        if fields.keys().next().is_none() {
            let fault = Fault::new("empty", fields.span, Phrase::new("mistake-empty-error-filter"));
            self.fault(fault.hint(Phrase::new("instead-error-filter")));
        }
        let kind = self.optional(&fields, "type", Self::text);
        let status = self.optional(&fields, "status", Self::status);
        let instance = self.optional(&fields, "instance", Self::text);
        let title = self.optional(&fields, "title", Self::text);
        let detail = self.optional(&fields, "detail", Self::text);
        Some(ErrorFilter {
            kind: kind?,
            status: status?,
            instance: instance?,
            title: title?,
            detail: detail?,
        })
    }

    fn status(&mut self, spot: &Spot<'_>) -> Option<u16> {
        self.whole(spot, 100, 599).and_then(|status| u16::try_from(status).ok())
    }

    pub(super) fn retry(&mut self, spot: &Spot<'_>) -> Option<Retry> {
        match spot.node.kind {
            Kind::Text(_) => self.name(spot).map(Retry::Named),
            _ => self.retry_policy(spot).map(Retry::Policy),
        }
    }

    pub(super) fn retry_policy(&mut self, spot: &Spot<'_>) -> Option<RetryPolicy> {
        let known = ["when", "exceptWhen", "delay", "backoff", "limit", "jitter"];
        let fields = self.fields(spot, "`retry`", &known)?;
        let condition = |reader: &mut Self, spot: &Spot<'_>| -> Option<Expression> {
            reader.expression(spot, Position::Definition)
        };
        let when = self.optional(&fields, "when", condition);
        let except_when = self.optional(&fields, "exceptWhen", condition);
        let delay = self.optional(&fields, "delay", Self::duration);
        let backoff = self.optional(&fields, "backoff", Self::backoff);
        let limit = self.optional(&fields, "limit", Self::retry_limit);
        let jitter = self.optional(&fields, "jitter", Self::jitter);
        Some(RetryPolicy {
            when: when?,
            except_when: except_when?,
            delay: delay?,
            backoff: backoff?,
            limit: limit?,
            jitter: jitter?,
        })
    }

    fn backoff(&mut self, spot: &Spot<'_>) -> Option<Backoff> {
        let all = [Backoff::Constant, Backoff::Linear, Backoff::Exponential];
        let fields = self.fields(spot, "`backoff`", &all.map(Backoff::keyword))?;
        let mut written = all.into_iter().filter(|backoff| fields.has(backoff.keyword()));
        let (Some(backoff), None) = (written.next(), written.next()) else {
            if fields.keys().count() != 1 {
                let fault = Fault::new("backoff", fields.span, Phrase::new("mistake-backoff"));
                self.fault(
                    fault.hint(
                        Phrase::new("instead-one-of")
                            .text("names", "`constant: {}`, `linear: {}`, `exponential: {}`"),
                    ),
                );
            }
            return None;
        };
        let spot = fields.get(backoff.keyword())?;
        self.fields(&spot, Phrase::new("part-backoff"), &[])?;
        Some(backoff)
    }

    fn retry_limit(&mut self, spot: &Spot<'_>) -> Option<RetryLimit> {
        let fields = self.fields(spot, "`limit`", &["attempt", "duration"])?;
        let duration = self.optional(&fields, "duration", Self::duration);
        let Some(attempt) = fields.get("attempt") else {
            return Some(RetryLimit { duration: duration?, ..RetryLimit::default() });
        };
        let fields = self.fields(&attempt, "`attempt`", &["count", "duration"])?;
        let count = self.optional(&fields, "count", |reader, spot| {
            reader.whole(spot, 1, 10_000).and_then(|count| u32::try_from(count).ok())
        });
        let attempt_duration = self.optional(&fields, "duration", Self::duration);
        Some(RetryLimit {
            attempt_count: count?,
            attempt_duration: attempt_duration?,
            duration: duration?,
        })
    }

    fn jitter(&mut self, spot: &Spot<'_>) -> Option<(Duration, Duration)> {
        let fields = self.fields(spot, "`jitter`", &["from", "to"])?;
        let from = self.need(&fields, "from", write("`from: PT0S`"));
        let from = from.and_then(|spot| self.duration(&spot));
        let to = self.need(&fields, "to", write("`to: PT10S`"));
        let to = to.and_then(|spot| self.duration(&spot));
        Some((from?, to?))
    }

    /// `headers` and `query`: an object of texts, or one expression.
    pub(super) fn texts(&mut self, spot: &Spot<'_>, what: impl Into<Arg>) -> Option<Value> {
        if let Kind::Text(text) = &spot.node.kind
            && embedded_expression(text).is_some()
        {
            self.expression(spot, Position::Definition)?;
            return Some(spot.node.to_value());
        }
        let members = self.members(spot, what)?;
        let unread = members
            .iter()
            .map(|entry| self.text_or_expression(&spot.entry(entry), Position::Definition))
            .filter(Option::is_none)
            .count();
        (unread == 0).then(|| spot.node.to_value())
    }
}

const OAUTH2_FIELDS: [&str; 12] = [
    "authority",
    "grant",
    "client",
    "request",
    "issuers",
    "scopes",
    "audiences",
    "username",
    "password",
    "subject",
    "actor",
    "endpoints",
];
