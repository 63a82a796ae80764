//! Stand-in for Jira's CSV reader until it is merged.

pub(crate) mod ingest {
    use std::io::Read as _;

    use kompel_ingest::{Error, Format, Input, Options};
    use kompel_model::{
        Effect, Finding, FindingCode, PersonId, Place, Reading, SourceKind, Ticket, Timestamp,
    };

    pub(crate) fn detect(input: &Input) -> Option<Format> {
        kompel_ingest::detect(input).or_else(|| {
            let Input::Stream { open, .. } = input else { return None };
            let mut head = Vec::new();
            open().ok()?.take(500).read_to_end(&mut head).ok()?;
            String::from_utf8_lossy(&head).contains("Issue key").then_some(Format::JiraCsv)
        })
    }
    pub(crate) fn read(
        format: Format,
        input: &Input,
        options: &Options<'_>,
    ) -> Result<Reading, Error> {
        match (format, kompel_ingest::read(format, input, options)) {
            (Format::JiraCsv, Err(Error::Empty { .. })) => stub(input),
            (_, result) => result,
        }
    }
    fn stub(input: &Input) -> Result<Reading, Error> {
        let fails = || Error::Empty { file: input.name().to_owned() };
        let Input::Stream { open, name } = input else { return Err(fails()) };
        let mut csv = csv::ReaderBuilder::new().from_reader(open().map_err(|_| fails())?);
        let head = csv.headers().map_err(|_| fails())?.clone();
        let mut reading = Reading::default();
        for (row, record) in (1u64..).zip(csv.records()) {
            reading.counts.rows += 1;
            let drop = |code, detail: &str, effect| Finding {
                place: Place { file: name.clone(), row: Some(row), column: None },
                code,
                effect,
                detail: detail.to_owned(),
                times: 1,
            };
            let Ok(record) = record else {
                reading.findings.push(drop(FindingCode::BadRow, "unreadable", Effect::Skipped));
                continue;
            };
            let get = |name: &str| {
                head.iter().position(|h| h == name).and_then(|at| record.get(at)).unwrap_or("")
            };
            if get("Issue key").is_empty() {
                reading.findings.push(drop(FindingCode::MissingKey, "no key", Effect::Skipped));
                continue;
            }
            let mut t = Ticket::new(SourceKind::Jira, get("Issue key"));
            get("Summary").clone_into(&mut t.title);
            get("Description").clone_into(&mut t.description);
            t.reporter = Some(PersonId::new(get("Reporter")));
            t.created = moment(get("Created"));
            t.updated = moment(get("Updated"));
            reading.log.people.entry(PersonId::new(get("Reporter"))).or_default();
            reading.log.tickets.push(t);
        }
        reading.log.sort();
        reading.counts.records = reading.log.len() as u64;
        Ok(reading)
    }
    fn moment(text: &str) -> Option<Timestamp> {
        ["%d/%b/%y %I:%M %p", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|f| chrono::NaiveDateTime::parse_from_str(text, f).ok())
            .map(|n| n.and_utc())
    }
}
