//! What of an OpenAPI document is needed to call one operation of it.

use serde_json::{Map, Value, json};
use url::Url;

use crate::{Error, ErrorKind, peers::http::texts};

/// A document of either version.
pub(super) struct Document(Value);

/// One operation of it.
pub(super) struct Operation<'a> {
    id: &'a str,
    method: &'a str,
    path: &'a str,
    own: &'a Value,
    shared: &'a Value,
}

/// References followed for one value; more is a ring.
const MOST_REFERENCES: usize = 8;

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

fn invalid(why: String) -> Error {
    Error::new(ErrorKind::Invalid, why)
}

impl Document {
    /// The document in these bytes.
    ///
    /// # Errors
    /// `Unsupported` if it is no JSON or of another version.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let unsupported = |why| Error::new(ErrorKind::Unsupported, why);
        let document: Value = serde_json::from_slice(bytes).map_err(|_| {
            unsupported("the OpenAPI document is no JSON: give the address of its JSON form")
        })?;
        let version = document["openapi"].as_str().or_else(|| document["swagger"].as_str());
        match version {
            Some(version) if version.starts_with("3.") || version == "2.0" => Ok(Self(document)),
            _ => Err(unsupported("the document is neither OpenAPI 3 nor Swagger 2.0")),
        }
    }

    /// The operation with this id.
    ///
    /// # Errors
    /// `Invalid` if there is none.
    pub(super) fn operation<'a>(&'a self, id: &'a str) -> Result<Operation<'a>, Error> {
        let paths = self.0["paths"].as_object();
        for (path, item) in paths.into_iter().flatten() {
            for method in METHODS {
                let own = &item[method];
                if own["operationId"].as_str() == Some(id) {
                    return Ok(Operation { id, method, path, own, shared: &item["parameters"] });
                }
            }
        }
        Err(invalid(format!("the OpenAPI document has no operation {id:?}")))
    }

    fn is_swagger(&self) -> bool {
        self.0.get("swagger").is_some()
    }

    /// The value itself, or what it refers to within the document.
    fn resolved<'a>(&'a self, mut value: &'a Value) -> Result<&'a Value, Error> {
        for _ in 0..MOST_REFERENCES {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Ok(value);
            };
            let pointer = reference.strip_prefix('#').unwrap_or("/ outside");
            value = self.0.pointer(pointer).ok_or_else(|| {
                invalid(format!("the OpenAPI document refers to {reference:?}, not in it"))
            })?;
        }
        Err(invalid("the OpenAPI document refers in rings".to_owned()))
    }

    /// Where the operations are, as the document says or else where it was read.
    fn base(&self, from: &Url) -> Result<String, Error> {
        let wrong = || invalid("the OpenAPI document names no usable server".to_owned());
        let base = if self.is_swagger() {
            let schemes = self.0["schemes"].as_array();
            let named = |scheme: &str| schemes.is_some_and(|all| all.iter().any(|s| s == scheme));
            let scheme = match from.scheme() {
                own if named(own) || schemes.is_none() => own,
                _ if named("https") => "https",
                _ if named("http") => "http",
                _ => return Err(wrong()),
            };
            let own = from.origin().ascii_serialization();
            let own = own.split_once("://").map_or("", |(_, host)| host).to_owned();
            let host = self.0["host"].as_str().map_or(own, str::to_owned);
            format!("{scheme}://{host}{}", self.0["basePath"].as_str().unwrap_or_default())
        } else {
            let server = &self.0["servers"][0];
            let mut url = server["url"].as_str().unwrap_or("/").to_owned();
            let variables = server["variables"].as_object();
            for (name, variable) in variables.into_iter().flatten() {
                let value = variable["default"].as_str().unwrap_or_default();
                url = url.replace(&format!("{{{name}}}"), value);
            }
            from.join(&url).map_err(|_| wrong())?.to_string()
        };
        Ok(base.trim_end_matches('/').to_owned())
    }
}

impl Operation<'_> {
    /// The input of `http.request` that calls this operation.
    ///
    /// # Errors
    /// `Invalid` for a parameter that is missing or that the operation does not have.
    pub(super) fn request(
        &self,
        document: &Document,
        from: &Url,
        given: &Map<String, Value>,
    ) -> Result<Value, Error> {
        let mut path = self.path.to_owned();
        let mut query = Vec::<String>::new();
        let (mut headers, mut form) = (Map::new(), Map::new());
        let mut body = Value::Null;
        let mut unused: Vec<&str> = given.keys().map(String::as_str).collect();
        for parameter in self.parameters(document)? {
            let name = parameter["name"].as_str().unwrap_or_default();
            unused.retain(|one| *one != name);
            let Some(value) = given.get(name).filter(|value| !value.is_null()) else {
                if parameter["required"] == Value::Bool(true) {
                    let why = format!("operation {:?} needs parameter {name:?}", self.id);
                    return Err(invalid(why));
                }
                continue;
            };
            let what = format!("parameter {name:?}");
            match parameter["in"].as_str().unwrap_or_default() {
                "path" => {
                    let value = texts(value, &what)?.join(",");
                    path = path.replace(&format!("{{{name}}}"), &segment(&value, &what)?);
                }
                "query" => query.extend(pairs(name, value, parameter, document, &what)?),
                "header" => drop(headers.insert(name.to_owned(), value.clone())),
                "formData" => drop(form.insert(name.to_owned(), value.clone())),
                "body" => body = value.clone(),
                other => {
                    let why = format!("{what} is in {other:?}, which is not offered");
                    return Err(Error::new(ErrorKind::Unsupported, why));
                }
            }
        }
        self.body_of(document, given, &mut unused, &mut body)?;
        if let Some(name) = unused.first() {
            return Err(invalid(format!("operation {:?} has no parameter {name:?}", self.id)));
        }
        if !form.is_empty() {
            headers.insert("content-type".to_owned(), json!("application/x-www-form-urlencoded"));
            body = Value::Object(form);
        } else if body.is_string() {
            // A JSON text, not a bare one: that is what the described peers read.
            body = json!(body.to_string());
            headers.insert("content-type".to_owned(), json!("application/json"));
        }
        headers.entry("accept").or_insert_with(|| json!("application/json"));
        let mut endpoint = format!("{}{path}", document.base(from)?);
        if !query.is_empty() {
            endpoint = format!("{endpoint}?{}", query.join("&"));
        }
        Ok(json!({"method": self.method, "endpoint": endpoint, "headers": headers, "body": body}))
    }

    /// The operation's parameters, its own before those of its path.
    fn parameters<'a>(&'a self, document: &'a Document) -> Result<Vec<&'a Value>, Error> {
        let mut all = Vec::<&Value>::new();
        for listed in [&self.own["parameters"], self.shared] {
            for parameter in listed.as_array().into_iter().flatten() {
                let parameter = document.resolved(parameter)?;
                let same = |one: &&Value| {
                    one["name"] == parameter["name"] && one["in"] == parameter["in"]
                };
                if !all.iter().any(same) {
                    all.push(parameter);
                }
            }
        }
        Ok(all)
    }

    /// OpenAPI 3 has no parameter for the body: it is the one named `body`, or made of those that
    /// are left.
    fn body_of(
        &self,
        document: &Document,
        given: &Map<String, Value>,
        unused: &mut Vec<&str>,
        body: &mut Value,
    ) -> Result<(), Error> {
        let Some(described) = self.own.get("requestBody") else { return Ok(()) };
        let described = document.resolved(described)?;
        if unused.contains(&"body") {
            *body = given["body"].clone();
            unused.retain(|one| *one != "body");
        } else if !unused.is_empty() {
            *body = unused.iter().map(|name| ((*name).to_owned(), given[*name].clone())).collect();
            unused.clear();
        }
        if body.is_null() && described["required"] == Value::Bool(true) {
            return Err(invalid(format!("operation {:?} needs parameter \"body\"", self.id)));
        }
        Ok(())
    }
}

/// A value as one segment of a path, which it can't leave.
fn segment(value: &str, what: &str) -> Result<String, Error> {
    if value.is_empty() || value == "." || value == ".." {
        return Err(invalid(format!("{what} can't be {value:?}: it is part of a path")));
    }
    Ok(escaped(value))
}

/// The value with everything but unreserved characters escaped (RFC 3986 §2.3).
fn escaped(value: &str) -> String {
    let mut escaped = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// A query parameter, repeated or joined as the document says.
fn pairs(
    name: &str,
    value: &Value,
    parameter: &Value,
    document: &Document,
    what: &str,
) -> Result<Vec<String>, Error> {
    let values: Vec<String> = texts(value, what)?.iter().map(|one| escaped(one)).collect();
    let repeated = match document.is_swagger() {
        true => parameter["collectionFormat"] == "multi",
        false => parameter["explode"] != Value::Bool(false),
    };
    let name = escaped(name);
    Ok(match repeated {
        true => values.iter().map(|value| format!("{name}={value}")).collect(),
        false => vec![format!("{name}={}", values.join(","))],
    })
}
