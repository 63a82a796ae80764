//! Ids of candidates: stable while their cases mostly stay.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::{CandidateId, MemberRef};
use sha2::{Digest, Sha256};

/// A group's records of an earlier hunt, by id.
pub type Previous = Vec<(CandidateId, Vec<MemberRef>)>;

/// Gives each group an id: that of the earlier group with which it shares most records, if that is
/// at least half of the earlier group's; else one made from its earliest records' keys.
///
/// `groups` hold sorted members. An earlier id goes to one group only; the larger share wins.
pub(crate) fn ids(groups: &[&[MemberRef]], prefix: char, previous: &Previous) -> Vec<CandidateId> {
    let mut out: Vec<Option<CandidateId>> = vec![None; groups.len()];
    let mut used: BTreeSet<CandidateId> = BTreeSet::new();
    for (group, id) in inherited(groups, previous) {
        let id = with_prefix(&id, prefix);
        if out[group].is_none() && used.insert(id.clone()) {
            out[group] = Some(id);
        }
    }
    out.into_iter()
        .zip(groups)
        .map(|(id, members)| {
            id.unwrap_or_else(|| {
                let id = fresh(members, prefix, &used);
                used.insert(id.clone());
                id
            })
        })
        .collect()
}

/// Pairs of a group and the earlier id it may keep, the surest first.
fn inherited(groups: &[&[MemberRef]], previous: &Previous) -> Vec<(usize, CandidateId)> {
    let mut owner: BTreeMap<&MemberRef, usize> = BTreeMap::new();
    for (index, (_, members)) in previous.iter().enumerate() {
        owner.extend(members.iter().map(|member| (member, index)));
    }
    let mut claims: Vec<(usize, usize, usize)> = Vec::new();
    for (group, members) in groups.iter().enumerate() {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for member in *members {
            if let Some(index) = owner.get(member) {
                *shared.entry(*index).or_default() += 1;
            }
        }
        claims.extend(
            shared
                .into_iter()
                .filter(|(index, count)| count * 2 >= previous[*index].1.len())
                .map(|(index, count)| (count, group, index)),
        );
    }
    claims.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    claims.into_iter().map(|(_, group, index)| (group, previous[index].0.clone())).collect()
}

fn with_prefix(id: &CandidateId, prefix: char) -> CandidateId {
    let digits = id.as_str().split_once('-').map_or(id.as_str(), |(_, digits)| digits);
    CandidateId(format!("{prefix}-{digits}"))
}

/// `c-` and the first four or more digits of a hash over the first members, none used yet.
fn fresh(members: &[MemberRef], prefix: char, used: &BTreeSet<CandidateId>) -> CandidateId {
    let mut hash = Sha256::new();
    for member in members.iter().take(3) {
        hash.update(member.source.code());
        hash.update([0]);
        hash.update(member.key.as_bytes());
        hash.update([0]);
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    (4..=digits.len())
        .map(|length| CandidateId(format!("{prefix}-{}", &digits[..length])))
        .find(|id| !used.contains(id))
        .unwrap_or_else(|| CandidateId(format!("{prefix}-{digits}")))
}

#[cfg(test)]
mod tests {
    use kompel_model::SourceKind;

    use super::*;

    fn members(keys: &[&str]) -> Vec<MemberRef> {
        keys.iter().map(|k| MemberRef { source: SourceKind::Jira, key: (*k).into() }).collect()
    }

    #[test]
    fn a_group_keeps_its_id_while_half_of_it_stays() {
        let old = members(&["A-1", "A-2", "A-3", "A-4"]);
        let id = CandidateId("c-beef".into());
        let previous = vec![(id.clone(), old)];
        let grown = members(&["A-1", "A-2", "A-9"]);
        let other = members(&["A-3"]);
        let ids = ids(&[&other, &grown], 'c', &previous);
        assert_eq!(ids[1], id);
        assert_ne!(ids[0], id);
    }

    #[test]
    fn groups_without_a_past_get_different_ids() {
        let a = members(&["A-1"]);
        let ids = ids(&[&a, &a], 'c', &Vec::new());
        assert_ne!(ids[0], ids[1]);
        assert!(ids[0].as_str().starts_with("c-"));
    }

    #[test]
    fn a_rejected_group_that_becomes_a_candidate_keeps_its_digits() {
        let a = members(&["A-1"]);
        let previous = vec![(CandidateId("g-12ab".into()), a.clone())];
        assert_eq!(ids(&[&a], 'c', &previous)[0].as_str(), "c-12ab");
    }
}
