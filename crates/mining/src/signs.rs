//! Stand-in for the signs of branch `words`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SignSet(u32);
impl SignSet {
    pub fn has(self, s: Sign) -> bool {
        self.0 >> (s as u32) & 1 == 1
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    ApprovalAsk,
    WaitingApproval,
    ApprovalGiven,
    ApprovalRefused,
    WaitingAnswer,
    Reopened,
    Corrected,
    Redone,
    Escalated,
    HandedOver,
    CopyPaste,
    DoneManual,
    ChatAsk,
    ChatReport,
    Thanks,
    Ack,
    SmallTalk,
    AutoReply,
    Announcement,
    AutoClosed,
    Outage,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusClass {
    Open,
    Active,
    WaitingApproval,
    WaitingPerson,
    Done,
    Reopened,
    Cancelled,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    Role(String),
    Person(String),
}
#[derive(Debug, Clone)]
pub struct Signs;
impl Signs {
    pub fn builtin() -> Self {
        Self
    }
    pub fn read(&self, text: &str) -> SignSet {
        let t = text.to_lowercase();
        let mut bits = 0;
        let mut on = |s: Sign, w: &[&str]| {
            if w.iter().any(|w| t.contains(w)) {
                bits |= 1 << (s as u32)
            }
        };
        on(Sign::WaitingApproval, &["wachten op goedkeuring", "waiting for approval"]);
        on(Sign::ApprovalGiven, &["akkoord", "approved"]);
        on(Sign::WaitingAnswer, &["wachten op antwoord"]);
        on(Sign::Reopened, &["werkt nog niet", "still not working"]);
        on(Sign::Corrected, &["rechtgezet"]);
        on(Sign::Redone, &["opnieuw"]);
        on(Sign::CopyPaste, &["overgetypt", "copy-paste"]);
        on(Sign::ChatAsk, &["kan iemand"]);
        on(Sign::ChatReport, &["heb "]);
        on(Sign::Ack, &["ik kijk"]);
        SignSet(bits)
    }
    pub fn status(&self, n: &str) -> StatusClass {
        match n.to_lowercase().as_str() {
            "waiting for approval" => StatusClass::WaitingApproval,
            "done" | "resolved" | "closed" => StatusClass::Done,
            "in progress" => StatusClass::Active,
            _ => StatusClass::Open,
        }
    }
    pub fn awaited(&self, t: &str) -> Option<Awaited> {
        if t.to_lowercase().contains("manager") {
            Some(Awaited::Role("manager".into()))
        } else {
            None
        }
    }
    pub fn minutes(&self, t: &str) -> Option<f64> {
        let w: Vec<&str> = t.split_whitespace().collect();
        w.windows(2).find(|w| w[1].starts_with("min")).and_then(|w| w[0].parse().ok())
    }
}
