//! How people hear that they are asked: by mail, where their tenant has a way to send it.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use kompel_connect::{Action, Call, Connection, connectors};
use kompel_model::{Phrase, TenantId};
use kompel_report::Wording;
use kompel_runtime::{Invitation, Notify, NotifyError, clock};
use serde_json::json;

use crate::plans;

/// Sends invitations through each tenant's mail connection.
pub(crate) struct Invitations {
    mail: BTreeMap<TenantId, Arc<Connection>>,
    send: Option<Arc<dyn Action>>,
    wording: Wording,
}

impl Invitations {
    /// Invitations by these connections, in this language.
    pub(crate) fn new(mail: BTreeMap<TenantId, Arc<Connection>>, wording: Wording) -> Self {
        let actions = connectors().into_iter().flat_map(|connector| connector.actions());
        let send = actions.into_iter().find(|action| action.spec().name.as_str() == "mail.send");
        Self { mail, send, wording }
    }

    fn text(&self, invitation: &Invitation) -> String {
        let name = invitation.details.as_ref().map_or(&invitation.person, |person| &person.name);
        let asks = Phrase::new("invite-asks")
            .text("name", name)
            .text("requester", &invitation.requester)
            .text("question", &invitation.question)
            .text("run", &invitation.run);
        let mut lines = vec![self.wording.say(&asks), String::new()];
        if let Some(plan) = &invitation.plan {
            lines.push(self.wording.word("invite-plan"));
            lines.extend(plans::lines(plan, self.wording));
            lines.push(String::new());
        }
        if let Some(deadline) = invitation.deadline {
            let until = deadline.format("%Y-%m-%d %H:%M UTC").to_string();
            lines.push(self.wording.say(&Phrase::new("invite-until").text("until", until)));
        }
        let answer = |command: &str| {
            format!(
                "  kompel {command} {} --tenant {} --as {} --code {} --plan {}",
                invitation.approval,
                invitation.tenant,
                invitation.person,
                invitation.code,
                invitation.plan_hash,
            )
        };
        lines.push(self.wording.word("invite-yes"));
        lines.push(answer("approve"));
        lines.push(self.wording.word("invite-no"));
        lines.push(format!("{} --why \"…\"", answer("reject")));
        lines.push(String::new());
        lines.push(self.wording.word("invite-code"));
        lines.join("\n")
    }
}

#[async_trait]
impl Notify for Invitations {
    async fn invite(&self, invitation: &Invitation) -> Result<(), NotifyError> {
        let to = invitation.details.as_ref().and_then(|person| person.mail.clone());
        let to = to.ok_or_else(|| {
            NotifyError(format!("{} has no mail address in kompel.toml", invitation.person))
        })?;
        let connection = self.mail.get(&invitation.tenant).ok_or_else(|| {
            NotifyError(format!("tenant {} has no mail connection", invitation.tenant))
        })?;
        let send = self.send.as_ref().ok_or_else(|| NotifyError("no mail action".to_owned()))?;
        let subject = Phrase::new("invite-subject").text("question", first_line(invitation));
        let call = Call {
            connection: Arc::clone(connection),
            input: json!({
                "to": [to],
                "subject": self.wording.say(&subject),
                "text": self.text(invitation),
            }),
            key: format!("{}/{}", invitation.approval, invitation.person),
            at: clock::now(),
        };
        send.perform(&call).await.map(|_| ()).map_err(|error| NotifyError(error.to_string()))
    }
}

fn first_line(invitation: &Invitation) -> String {
    let line = invitation.question.lines().next().unwrap_or_default();
    line.chars().take(120).collect()
}
