//! Jira Cloud's CSV export ("all fields"): repeated columns, no history of changes.

use std::io::Write;

use chrono::NaiveDateTime;

use super::Error;
use crate::{record::Ticket, story::Setting, world::World};

impl World {
    /// Writes the tickets in the order of `row_order`.
    ///
    /// # Errors
    /// If `out` fails.
    ///
    /// # Source
    /// Atlassian support, "Export work items": repeated `Comment` cells hold `date;account;text`,
    /// `Log Work` cells `text;date;account;seconds`.
    pub fn jira_csv(&self, out: impl Write) -> Result<(), Error> {
        let width = self.width();
        let mut csv = csv::WriterBuilder::new().buffer_capacity(1 << 18).from_writer(out);
        csv.write_record(header(width))?;
        for index in self.ticket_rows() {
            if let Some(ticket) = self.setting.tell(index).ticket {
                csv.write_record(row(&self.setting, &ticket, width))?;
            }
        }
        Ok(csv.flush()?)
    }

    fn width(&self) -> Width {
        let most = |of: fn(&crate::record::Marks) -> u8| {
            usize::from(self.marks.iter().map(of).max().unwrap_or(0)).max(1)
        };
        Width {
            labels: most(|m| m.labels),
            components: most(|m| m.components),
            work: most(|m| m.work),
            comments: most(|m| m.comments),
        }
    }
}

/// How many columns the repeated fields take: as many as the fullest ticket needs.
#[derive(Debug, Clone, Copy)]
struct Width {
    labels: usize,
    components: usize,
    work: usize,
    comments: usize,
}

fn header(width: Width) -> Vec<&'static str> {
    let mut names = vec![
        "Summary",
        "Issue key",
        "Issue id",
        "Issue Type",
        "Status",
        "Project key",
        "Project name",
        "Project type",
        "Priority",
        "Resolution",
        "Assignee",
        "Assignee Id",
        "Reporter",
        "Reporter Id",
        "Creator",
        "Creator Id",
        "Created",
        "Updated",
        "Last Viewed",
        "Resolved",
        "Due date",
        "Votes",
    ];
    names.extend(std::iter::repeat_n("Labels", width.labels));
    names.extend(["Description", "Environment"]);
    names.extend(std::iter::repeat_n("Component/s", width.components));
    names.extend(std::iter::repeat_n("Log Work", width.work));
    names.extend([
        "Original Estimate",
        "Remaining Estimate",
        "Time Spent",
        "Work Ratio",
        "Security Level",
        "Custom field (Approvers)",
        "Custom field (Organizations)",
        "Custom field (Request Type)",
        "Custom field (Rank)",
        "Satisfaction rating",
    ]);
    names.extend(std::iter::repeat_n("Comment", width.comments));
    names
}

fn row(setting: &Setting, t: &Ticket, width: Width) -> Vec<String> {
    let person =
        |who: Option<usize>| who.map_or("", |w| setting.cast.people[w].name.as_str()).to_owned();
    let account =
        |who: Option<usize>| who.map_or("", |w| setting.cast.people[w].account.as_str()).to_owned();
    let [project, project_name] = &setting.book.projects[t.project];
    let mut row = vec![
        t.summary.clone(),
        t.key.clone(),
        issue_id(t).to_string(),
        t.issue_type.clone(),
        t.status.to_owned(),
        project.clone(),
        project_name.clone(),
        "service_desk".to_owned(),
        t.priority.to_owned(),
        t.resolution.to_owned(),
        person(t.assignee),
        account(t.assignee),
        person(Some(t.reporter)),
        account(Some(t.reporter)),
        person(Some(t.creator)),
        account(Some(t.creator)),
        date(t.created),
        date(t.updated),
        String::new(),
        t.resolved.map_or_else(String::new, date),
        String::new(),
        "0".to_owned(),
    ];
    padded(&mut row, t.labels.iter().cloned(), width.labels);
    row.extend([t.description.clone(), String::new()]);
    padded(&mut row, t.components.iter().cloned(), width.components);
    let log = |w: &crate::record::Work| {
        format!("{};{};{};{}", w.text, date(w.at), setting.cast.people[w.by].account, w.seconds)
    };
    padded(&mut row, t.work.iter().map(log), width.work);
    let spent: u32 = t.work.iter().map(|w| w.seconds).sum();
    row.extend([
        String::new(),
        String::new(),
        if spent > 0 { spent.to_string() } else { String::new() },
        "-1".to_owned(),
        String::new(),
        person(t.approver),
        setting.cast.clients[t.client].name.clone(),
        t.request_type.clone(),
        format!("0|i{:05}:", t.number),
        String::new(),
    ]);
    let said = |c: &crate::record::Said| {
        format!("{};{};{}", date(c.at), setting.cast.people[c.by].account, c.text)
    };
    padded(&mut row, t.comments.iter().map(said), width.comments);
    row
}

fn padded(row: &mut Vec<String>, cells: impl Iterator<Item = String>, width: usize) {
    let end = row.len() + width;
    row.extend(cells.take(width));
    row.resize(end, String::new());
}

/// Jira's inner number, unique over projects.
pub(super) fn issue_id(t: &Ticket) -> u64 {
    10_000 + u64::from(t.number) * 8 + t.project as u64
}

/// `03/Feb/25 9:14 AM`, the exporting user's local time.
fn date(at: NaiveDateTime) -> String {
    at.format("%d/%b/%y %-I:%M %p").to_string()
}
