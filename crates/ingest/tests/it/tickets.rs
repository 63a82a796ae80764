//! Ticket readers on their fixtures, and what must hold whatever the bytes.

use std::collections::BTreeMap;

use kompel_ingest::{
    ColumnMapping, Format, Input, Limits, MappedBy, Options, detect, propose_mapping, read,
};
use kompel_model::{ChangedField, FindingCode, Reading, Ticket};
use proptest::prelude::*;

const FIXTURES: &[(&str, &[u8], Format)] = &[
    ("jira-nl.csv", include_bytes!("../fixtures/tickets/jira-nl.csv"), Format::JiraCsv),
    ("jira-search.json", include_bytes!("../fixtures/tickets/jira-search.json"), Format::JiraJson),
    ("servicenow.json", include_bytes!("../fixtures/tickets/servicenow.json"), Format::ServiceNow),
    (
        "servicenow-log.csv",
        include_bytes!("../fixtures/tickets/servicenow-log.csv"),
        Format::ServiceNow,
    ),
    (
        "manageengine.json",
        include_bytes!("../fixtures/tickets/manageengine.json"),
        Format::ManageEngine,
    ),
    ("rt.json", include_bytes!("../fixtures/tickets/rt.json"), Format::Rt),
    ("table-unknown.csv", include_bytes!("../fixtures/tickets/table-unknown.csv"), Format::Table),
    ("table-events.csv", include_bytes!("../fixtures/tickets/table-events.csv"), Format::Table),
];

fn fixture(name: &str) -> Reading {
    let (name, bytes, format) = FIXTURES.iter().find(|(known, ..)| *known == name).unwrap();
    let input = Input::file(*name, *bytes);
    assert_eq!(detect(&input), Some(*format), "{name}");
    let reading = read(*format, &input, &Options::default()).unwrap();
    assert!(reading.adds_up(), "{:?}", reading.counts);
    reading
}

fn ticket<'r>(reading: &'r Reading, key: &str) -> &'r Ticket {
    reading.log.tickets.iter().find(|t| &*t.id.key == key).unwrap()
}

fn utc(moment: Option<kompel_model::Timestamp>) -> String {
    moment.unwrap().format("%Y-%m-%d %H:%M").to_string()
}

fn found(reading: &Reading, code: FindingCode) -> u64 {
    reading.findings.iter().filter(|f| f.code == code).map(|f| f.times).sum()
}

#[test]
fn jira_csv_in_dutch_and_windows_encoding() {
    let reading = fixture("jira-nl.csv");
    assert_eq!((reading.counts.rows, reading.counts.records), (6, 3));
    let one = ticket(&reading, "OPS-1");
    assert_eq!(one.client.as_deref(), Some("Acme NV"));
    assert_eq!(utc(one.created), "2025-03-03 08:00");
    let texts: Vec<_> = one.comments.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(texts, ["Nog altijd geblokkeerd", "Gereset; ticket dicht."]);
    assert_eq!(one.comments[1].author.as_ref().unwrap().as_str(), "An Peeters");
    assert_eq!(one.creator.as_ref().unwrap().as_str(), "Desk Robot");
    assert_eq!(one.labels.len(), 2);
    assert_eq!((one.worked[0].seconds, one.worked[0].text.as_str()), (600, "reset"));
    assert_eq!(&*one.links[0].kind, "Blocks (inward)");
    assert_eq!(ticket(&reading, "OPS-2").title, "Toegang gedeelde map één");
    assert_eq!(ticket(&reading, "OPS-3").title, "Zelfde sleutel, later");
    assert_eq!(found(&reading, FindingCode::Duplicate), 2);
    assert_eq!(found(&reading, FindingCode::BadDate), 1);
    assert_eq!(found(&reading, FindingCode::MissingKey), 1);
    assert_eq!(found(&reading, FindingCode::Signature), 1);
}

#[test]
fn jira_json_with_adf_changelog_and_a_robot() {
    let reading = fixture("jira-search.json");
    assert_eq!((reading.counts.rows, reading.counts.records), (2, 1));
    let t = ticket(&reading, "OPS-7");
    assert_eq!(t.description, "Please create @An");
    assert_eq!(t.client.as_deref(), Some("Acme NV"));
    assert_eq!(t.fields["Approvals"], "Manager approval");
    assert_eq!(t.comments[0].text, "Account created, see wiki https://wiki.example/vpn");
    assert_eq!((t.changes.len(), &t.changes[0].field), (1, &ChangedField::Status));
    assert_eq!(&*t.links[0].kind, "is blocked by");
    assert!(reading.log.people[t.creator.as_ref().unwrap()].robot);
}

#[test]
fn servicenow_json_and_its_journal() {
    let reading = fixture("servicenow.json");
    assert_eq!((reading.counts.rows, reading.counts.records), (3, 1));
    let t = ticket(&reading, "INC0010001");
    assert_eq!(t.description, "Printer PR-12 hangs");
    assert_eq!(t.resolution.as_deref(), Some("Solved (Permanently)"));
    assert_eq!(t.resolution_text, "Restarted spooler");
    assert_eq!(utc(t.created), "2025-03-03 09:00");
    assert_eq!((t.reopen_count, t.reassignment_count), (Some(1), Some(2)));
    let texts: Vec<_> = t.comments.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(texts, ["Still hangs", "Spooler restarted"]);
    assert_eq!(t.fields["approval"], "approved");
}

#[test]
fn servicenow_audit_log_becomes_changes() {
    let reading = fixture("servicenow-log.csv");
    assert_eq!((reading.counts.rows, reading.counts.records), (5, 2));
    let t = ticket(&reading, "INC1");
    assert_eq!(t.status.as_deref(), Some("Closed"));
    let status: Vec<_> = t.changes.iter().filter(|c| c.field == ChangedField::Status).collect();
    assert_eq!((status.len(), utc(Some(status[0].at)).as_str()), (2, "2016-02-29 07:53"));
    assert_eq!(status[0].author.as_ref().unwrap().as_str(), "Updated by 2");
    assert_eq!(t.changes.iter().filter(|c| c.field == ChangedField::Group).count(), 1);
}

#[test]
fn servicedesk_plus_and_request_tracker() {
    let reading = fixture("manageengine.json");
    assert_eq!((reading.counts.rows, reading.counts.records), (2, 1));
    let t = ticket(&reading, "42");
    assert_eq!(t.resolution_text, "Quota verhoogd");
    assert_eq!(t.description, "Mailbox zit vol\ngraag vergroten");
    assert_eq!(t.client.as_deref(), Some("Acme NV"));
    assert_eq!(utc(t.created), "2025-03-03 09:00");

    let reading = fixture("rt.json");
    assert_eq!((reading.counts.rows, reading.counts.records), (3, 1));
    let t = ticket(&reading, "7");
    assert_eq!((t.description.as_str(), t.group.as_deref()), ("Disk is full", Some("Operations")));
    let texts: Vec<_> = t.comments.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(texts, ["Log files removed", "Cleanup is scheduled"]);
    assert_eq!((t.spent_seconds, t.changes.len()), (Some(900), 1));
    assert_eq!(found(&reading, FindingCode::DanglingReference), 1);
}

#[test]
fn an_unknown_table_is_understood_by_its_content_and_the_user_knows_better() {
    let reading = fixture("table-unknown.csv");
    let t = ticket(&reading, "A-1");
    assert_eq!(t.status.as_deref(), Some("Gesloten"));
    assert_eq!(utc(t.created), "2025-03-14 08:00");
    assert!(t.description.starts_with("Printer"), "{t:?}");

    let (name, bytes, _) = FIXTURES[6];
    let mapping: ColumnMapping = "reporter=wie".parse().unwrap();
    let options = Options { mapping: &mapping, ..Options::default() };
    let proposed = propose_mapping(&Input::file(name, bytes), &options).unwrap();
    let wie = proposed.iter().find(|column| column.column == "Wie").unwrap();
    assert_eq!((wie.field, wie.by), (Some("reporter"), MappedBy::User));
    for wrong in ["reporter=nergens", "nonsense=Wie"] {
        let mapping: ColumnMapping = wrong.parse().unwrap();
        let options = Options { mapping: &mapping, ..Options::default() };
        assert!(propose_mapping(&Input::file(name, bytes), &options).is_err(), "{wrong}");
    }
}

#[test]
fn events_become_the_activities_of_their_case() {
    let reading = fixture("table-events.csv");
    assert_eq!((reading.counts.rows, reading.counts.records), (4, 2));
    let t = ticket(&reading, "1");
    assert_eq!(t.activities.len(), 2);
    assert_eq!(utc(t.created), "2025-03-03 09:00");
    assert_eq!(utc(t.resolved), "2025-03-04 10:30");
}

#[test]
fn limits_cut_texts_and_rows_and_say_so() {
    let mut csv = "Issue key,Summary,Description,Created\n".to_owned();
    for row in 0..50 {
        csv.push_str(&format!("A-{row},x,{},2025-03-03\n", "long ".repeat(40)));
    }
    let limits = Limits { rows: 20, text_bytes: 100, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let reading = read(Format::JiraCsv, &Input::file("a.csv", csv), &options).unwrap();
    assert!(reading.adds_up());
    assert_eq!((reading.counts.rows, reading.counts.records), (50, 20));
    assert_eq!(found(&reading, FindingCode::TooLong), 20);
    assert_eq!(found(&reading, FindingCode::TooMany), 30);
}

#[test]
fn a_description_of_fifty_megabytes_is_cut_and_the_next_row_is_read() {
    let mut csv = "Issue key,Summary,Description,Created\nA-1,x,\"".to_owned();
    csv.push_str(&"line of a log\n".repeat(50 * 1024 * 1024 / 14));
    csv.push_str("\",2025-03-03\nA-2,y,short,2025-03-04\n");
    let reading = read(Format::JiraCsv, &Input::file("a.csv", csv), &Options::default()).unwrap();
    assert!(reading.adds_up());
    assert_eq!(reading.counts.records, 2);
    assert!(ticket(&reading, "A-1").description.len() <= 64 * 1024);
    let long = reading.findings.iter().find(|f| f.code == FindingCode::TooLong).unwrap();
    assert_eq!((long.place.row, long.place.column.as_deref()), (Some(1), Some("Description")));
}

#[test]
fn what_is_no_ticket_is_not_recognised() {
    for bytes in [&b""[..], b"hello", b"\x89PNG\r\n", b"{\"a\":1}", b"<html></html>", b"PK\x03\x04"]
    {
        assert_eq!(detect(&Input::file("x", bytes)), None, "{bytes:?}");
    }
}

#[test]
fn an_open_quote_is_reported() {
    let mut csv = "Issue key,Summary,Description,Created\nA-1,x,\"open,2025-03-03\n".to_owned();
    for row in 2..100 {
        csv.push_str(&format!("A-{row},a summary,a description,2025-03-03\n"));
    }
    let reading = read(Format::JiraCsv, &Input::file("a.csv", csv), &Options::default()).unwrap();
    assert!(reading.adds_up());
    let told = |f: &&kompel_model::Finding| f.detail.id == "detail-open-quote";
    assert_eq!(reading.findings.iter().filter(told).count(), 1);
}

fn workbook() -> Vec<u8> {
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |cells: &[&str]| {
        format!("<row>{}</row>", cells.iter().map(|text| cell(text)).collect::<String>())
    };
    let rows = [
        row(&["Ticketnummer", "Onderwerp", "Aangemaakt op", "Status"]),
        row(&["T-1", "Printer stuk", "14/03/2025 09:00", "Open"]),
    ];
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let files = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Override PartName=\"/xl/workbook.xml\" \
             ContentType=\"{kind}.sheet.main+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" \
             Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>\
             <sheet name=\"Blad1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" \
             Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{main}\"><sheetData>{}</sheetData></worksheet>",
                rows.concat()
            ),
        ),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_is_a_table_like_any_other() {
    let input = Input::file("tickets.xlsx", workbook());
    assert_eq!(detect(&input), Some(Format::Table));
    let reading = read(Format::Table, &input, &Options::default()).unwrap();
    let t = ticket(&reading, "T-1");
    assert_eq!((t.title.as_str(), t.status.as_deref()), ("Printer stuk", Some("Open")));
    assert_eq!(utc(t.created), "2025-03-14 08:00");
}

fn shuffled(csv: &[u8], seed: u64) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    let header = reader.byte_headers().unwrap().clone();
    let mut rows: BTreeMap<u64, csv::ByteRecord> = BTreeMap::new();
    for (index, row) in (1_u64..).zip(reader.byte_records()) {
        rows.insert(index.wrapping_mul(seed | 1).rotate_left(17), row.unwrap());
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_byte_record(&header).unwrap();
    rows.values().for_each(|row| writer.write_byte_record(row).unwrap());
    writer.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_bytes_make_a_reader_panic_or_lose_a_row(
        which in 0..FIXTURES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        reads_as in 0..Format::ALL.len(),
    ) {
        let mut bytes = FIXTURES[which].1.to_vec();
        for (index, byte) in &edits {
            let at = index.index(bytes.len());
            bytes[at] = *byte;
        }
        if edits.len() % 3 == 0 {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        let input = Input::file("x", bytes);
        let _ = detect(&input);
        for format in [FIXTURES[which].2, Format::ALL[reads_as]] {
            if let Ok(reading) = read(format, &input, &Options::default()) {
                prop_assert!(reading.adds_up(), "{:?}", reading.counts);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_make_no_reader_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        reads_as in 0..Format::ALL.len(),
    ) {
        if let Ok(reading) =
            read(Format::ALL[reads_as], &Input::file("x", bytes), &Options::default())
        {
            prop_assert!(reading.adds_up());
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(seed in any::<u64>()) {
        for (name, bytes, format) in FIXTURES {
            if !name.ends_with(".csv") || *name == "jira-nl.csv" {
                continue;
            }
            let log = |bytes: Vec<u8>| {
                read(*format, &Input::file(*name, bytes), &Options::default()).unwrap().log
            };
            prop_assert_eq!(log(bytes.to_vec()), log(shuffled(bytes, seed)), "{}", name);
        }
    }
}

#[test]
fn a_jira_csv_names_people_in_columns_and_accounts_in_comments_and_both_are_one_person() {
    let text = "Issue key,Summary,Reporter,Reporter Id,Assignee,Assignee Id,Comment,Comment\n\
        OPS-1,Reset,An Peeters,712020:aa,Jan Maes,712020:bb,03/Mar/25 9:00 AM;712020:bb;Done,\
        03/Mar/25 9:30 AM;712020:aa;Still not working\n\
        OPS-2,Reset,Els Claes,712020:cc,,,03/Mar/25 9:00 AM;712020:zz;Looking,\n";
    let input = Input::file("jira.csv", text.as_bytes());
    let reading = read(Format::JiraCsv, &input, &Options::default()).unwrap();
    let authors = |key: &str| -> Vec<String> {
        let comments = ticket(&reading, key).comments.iter();
        comments.map(|c| c.author.as_ref().unwrap().to_string()).collect()
    };
    assert_eq!(authors("OPS-1"), ["Jan Maes", "An Peeters"]);
    assert_eq!(authors("OPS-2"), ["712020:zz"]);
}
