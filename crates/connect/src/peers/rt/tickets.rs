//! Tickets of Request Tracker, as [`crate::peers::desk`] wants them.

use async_trait::async_trait;
use kompel_model::Timestamp;
use serde_json::{Value, json};

use super::client::Client;
use crate::{
    Connection, Error, ErrorKind,
    peers::desk::{Deed, Desk, New, Said, Words},
};

/// What a ticket made by a step refers to.
fn reference(mark: &str) -> String {
    format!("https://kompel.invalid/step/{mark}")
}

fn action(deed: Deed) -> (&'static str, &'static str, &'static [&'static str]) {
    match deed {
        Deed::Search => (
            "rt.search",
            "Finds tickets, oldest first, with the text of their first message",
            &["SeeQueue", "ShowTicket"],
        ),
        Deed::Get => (
            "rt.get",
            "Reads one ticket with the text of its first message",
            &["SeeQueue", "ShowTicket"],
        ),
        Deed::Create => {
            ("rt.create", "Makes a ticket", &["SeeQueue", "ShowTicket", "CreateTicket"])
        }
        Deed::Comment => (
            "rt.comment",
            "Comments on a ticket, unseen by its requestor",
            &["ShowTicket", "ShowTicketComments", "CommentOnTicket"],
        ),
        Deed::Answers => (
            "rt.answers",
            "Reads what was said on a ticket since Kompel last commented on it",
            &["ShowTicket", "ShowTicketComments"],
        ),
        Deed::SetStatus => {
            ("rt.set-status", "Gives a ticket another status", &["ShowTicket", "ModifyTicket"])
        }
        Deed::Watch => (
            "rt.watch",
            "Makes somebody one of a ticket's AdminCc, who are told of comments too",
            &["ShowTicket", "ModifyTicket"],
        ),
        Deed::Unwatch => (
            "rt.unwatch",
            "Takes somebody from a ticket's AdminCc",
            &["ShowTicket", "ModifyTicket"],
        ),
    }
}

#[async_trait]
impl Desk for Client {
    const WORDS: Words = Words {
        system: "Request Tracker",
        key: "^[0-9]{1,11}$",
        most_text: 65536,
        action,
        query: "TicketSQL: Queue = 'HR' AND Status = 'new'",
        queue: "the queue's name",
        who: "a mail address, or the name of one of RT's users",
    };

    fn of(connection: &Connection, now: Timestamp) -> Result<Self, Error> {
        Self::open(connection, now)
    }

    async fn search(&self, query: &str, most: usize) -> Result<Vec<Value>, Error> {
        let mut tickets = self.found(query, most).await?;
        for ticket in &mut tickets {
            ticket["text"] = self.first_text(key_of(ticket)).await?.into();
        }
        Ok(tickets)
    }

    async fn knows(&self, key: &str) -> Result<(), Error> {
        self.bare(key).await.map(drop)
    }

    async fn ticket(&self, key: &str) -> Result<Value, Error> {
        let mut ticket = self.bare(key).await?;
        ticket["text"] = self.first_text(key).await?.into();
        Ok(ticket)
    }

    async fn place(&self, queue: &str) -> Result<(String, String), Error> {
        self.queues().await?;
        Ok((queue.to_owned(), "0".to_owned()))
    }

    async fn create(&self, new: &New, mark: &str) -> Result<String, Error> {
        let mut body = json!({
            "Queue": new.queue, "Subject": new.subject,
            "Content": new.text, "ContentType": "text/plain",
            "RefersTo": [reference(mark)],
        });
        if let Some(requestor) = &new.requestor {
            body["Requestor"] = requestor.as_str().into();
        }
        self.make(&body).await
    }

    async fn made(
        &self,
        _new: &New,
        mark: &str,
        _known: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let found = self.found(&format!("RefersTo = '{}'", reference(mark)), 2).await?;
        Ok(found.iter().map(|ticket| key_of(ticket).to_owned()).collect())
    }

    async fn comment(&self, key: &str, text: &str) -> Result<(), Error> {
        self.remark(key, text).await
    }

    async fn said(&self, key: &str) -> Result<Said, Error> {
        self.newest_texts(key).await
    }

    async fn status(&self, key: &str, wanted: &str) -> Result<(String, bool), Error> {
        let now = self.bare(key).await?["status"].as_str().unwrap_or_default().to_owned();
        let is_so = now == wanted;
        Ok((now, is_so))
    }

    async fn set_status(&self, key: &str, status: &str) -> Result<(), Error> {
        self.change(key, &json!({"Status": status})).await?;
        let lost = |_| Error::new(ErrorKind::OutcomeUnknown, "the ticket can't be read again");
        match self.status(key, status).await.map_err(lost)? {
            (_, true) => Ok(()),
            (_, false) => Err(Error::new(
                ErrorKind::Invalid,
                "RT refused this status: not of the queue's lifecycle, or no right to it",
            )),
        }
    }

    async fn watching(&self, key: &str, who: &str) -> Result<(Vec<String>, String), Error> {
        let watchers = self.watchers(key).await?;
        let same = |one: &str| one.eq_ignore_ascii_case(who);
        let meant = watchers.iter().find(|one| same(&one.name) || same(&one.address));
        // RT makes a user of an address; of a name that it does not know it breaks.
        if meant.is_none() && !who.contains('@') {
            self.has_user(who).await?;
        }
        let who = meant.map_or(who, |one| &one.name).to_owned();
        Ok((watchers.into_iter().map(|one| one.name).collect(), who))
    }

    /// RT takes the whole list only. It says 200 to what it refuses; that is seen when it is read
    /// again.
    async fn watch(&self, key: &str, who: &str, wanted: bool) -> Result<(), Error> {
        let (mut all, _) = self.watching(key, who).await?;
        all.retain(|one| one != who);
        if wanted {
            all.push(who.to_owned());
        }
        self.change(key, &json!({"AdminCc": all})).await
    }
}

fn key_of(ticket: &Value) -> &str {
    ticket["key"].as_str().unwrap_or_default()
}
