//! Stand-in for the gazetteer of branch `words`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SystemId(u16);
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    Ticket,
    Chat,
    Other,
}
#[derive(Debug, Clone)]
pub struct Systems;
const NAMES: [&str; 3] = ["VPN", "Active Directory", "Slack"];
impl Systems {
    pub fn learn(&mut self, _: &kompel_model::EventLog) {}
    pub fn builtin() -> Self {
        Self
    }
    pub fn find(&self, t: &str) -> Vec<SystemId> {
        (0..3).filter(|i| t.contains(NAMES[*i as usize])).map(SystemId).collect()
    }
    pub fn name(&self, i: SystemId) -> &str {
        NAMES[i.0 as usize]
    }
    pub fn category(&self, i: SystemId) -> Category {
        if i.0 == 2 { Category::Chat } else { Category::Other }
    }
    pub fn is_learned(&self, _: SystemId) -> bool {
        false
    }
}
