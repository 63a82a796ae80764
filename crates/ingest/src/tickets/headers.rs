//! What exports call their columns, in English, Dutch, French and German.

use kompel_model::Name;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Key,
    /// A technical id that serves where there is no key.
    Id,
    Title,
    Description,
    Status,
    Resolution,
    ResolutionText,
    Priority,
    Kind,
    Reporter,
    Creator,
    Assignee,
    Created,
    Updated,
    Resolved,
    Comment,
    Labels,
    Components,
    Client,
    Group,
    Spent,
    SumSpent,
    LogWork,
    Reopened,
    Reassigned,
    History,
    Activity,
    Started,
    /// When an activity ended.
    Ended,
    Resource,
    Transition,
    Link(Name),
    /// Another person, kept by the header.
    Person,
    /// Kept by its header.
    Other,
    /// Bookkeeping of the tool that says nothing of work.
    Ignored,
}

/// The field of a header, if it is a known one, and how far the header is from the usual word.
pub(super) fn known(header: &str) -> Option<(Field, usize)> {
    let plain = normal(header);
    let custom = if inner(header) == header.trim() { 0 } else { 1_000 };
    if PARENT.contains(&plain.as_str()) {
        return Some((Field::Link("parent".into()), custom));
    }
    if let Some(kind) = link(&plain, header) {
        return Some((Field::Link(kind), custom));
    }
    if header.starts_with("@@") {
        return Some((Field::Ignored, custom));
    }
    TABLE.iter().find_map(|(field, names)| {
        let rank = names.split('|').position(|name| name == plain)?;
        Some((field.clone(), rank + custom))
    })
}

/// A header without its wrapping: `Custom field (Klant)` is `Klant`.
pub(super) fn inner(header: &str) -> &str {
    let header = header.trim();
    let lower = header.to_lowercase();
    let custom = [
        "custom field",
        "aangepast veld",
        "champs personnalis",
        "champ personnalis",
        "benutzerdefinierte",
        "benutzerdefiniertes",
    ];
    if !custom.iter().any(|start| lower.starts_with(start)) || !header.ends_with(')') {
        return header;
    }
    header.split_once('(').map_or(header, |(_, rest)| rest[..rest.len() - 1].trim())
}

fn normal(header: &str) -> String {
    let plain = inner(header).to_lowercase().replace(['_', '\u{a0}'], " ");
    let plain = plain.trim_start_matches('\u{feff}').trim_end_matches([':', '*', '?', '#']);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `Outward issue link (Blocks)`.
fn link(plain: &str, header: &str) -> Option<Name> {
    let is_link = |word: &str| plain.starts_with(word) && plain.contains("link");
    let name = || {
        let (_, rest) = header.split_once('(')?;
        Some(rest.trim_end_matches(')').trim().to_owned())
    };
    if is_link("outward") || is_link("uitgaande") {
        return name().map(Into::into);
    }
    if is_link("inward") || is_link("inkomende") || is_link("binnenkomende") {
        return name().map(|name| format!("{name} (inward)").into());
    }
    None
}

const PARENT: &[&str] =
    &["parent", "parent key", "parent incident", "parent link", "bovenliggend", "epic link"];

/// Column names by field with `|` between them, the most usual first; in lower case, without `_`.
const TABLE: &[(Field, &str)] = &[
    (
        Field::Key,
        "issue key|key|number|sleutel|issuesleutel|issue-sleutel|ticket|ticket id|ticketid|\
         ticket no|ticket no.|ticket nr|ticketnr|ticket number|ticketnummer|nummer|incident|\
         incident id|incident number|incidentnummer|meldingnummer|melding|case id|caseid|\
         case|case number|case key|case:concept:name|request id|requestid|clé|clé de ticket|\
         clé de demande|numéro|numéro de ticket|n° ticket|schlüssel|vorgangsschlüssel|\
         ticket-nr|ticket-nr.|vorgang|vorgangsnummer|zaaknummer|referentie|reference|\
         référence|referenz|wo number|request number|dossiernummer",
    ),
    (Field::Id, "issue id|id|sys id|issue-id|vorgangs-id|record id|uid"),
    (
        Field::Title,
        "summary|samenvatting|title|titel|subject|onderwerp|short description|\
         korte omschrijving|korte beschrijving|résumé|sujet|objet|titre|zusammenfassung|\
         betreff|kurzbeschreibung|ticket title|ticket subject|name|naam",
    ),
    (
        Field::Description,
        "description|omschrijving|beschrijving|beschreibung|details|body|request description|\
         long description|detailed description|inhoud|vraag|verzoek|problem description|\
         probleemomschrijving|ticket description|message|text|tekst|texte",
    ),
    (
        Field::Status,
        "status|state|incident state|statut|état|ticket status|toestand|request status|\
         current status|huidige status|ident state",
    ),
    (
        Field::Resolution,
        "resolution|oplossing code|close code|closed code|resolution code|afsluitcode|\
         oplossingscode|résolution|lösungscode|closure code|abschlusscode|resolutie",
    ),
    (
        Field::ResolutionText,
        "close notes|resolution notes|resolution text|oplossing|solution|lösung|\
         resolution description|closing notes|afsluitnotities|closure notes|\
         resolution details|resolution comment",
    ),
    (Field::Priority, "priority|prioriteit|priorité|priorität|ticket priority"),
    (
        Field::Kind,
        "issue type|issuetype|type|ticket type|soort|type de ticket|type de demande|\
         vorgangstyp|typ|issue-type|sys class name|request type name|soort melding|\
         tickettype|art",
    ),
    (
        Field::Reporter,
        "reporter|melder|caller|caller id|requester|requested by|requested for|aanvrager|\
         demandeur|rapporteur|autor|anforderer|customer name|contact|submitter|author|auteur|\
         aangemeld door|requestor|reported by",
    ),
    (
        Field::Creator,
        "creator|created by|opened by|sys created by|aangemaakt door|maker|créateur|créé par|\
         ersteller|erstellt von",
    ),
    (
        Field::Assignee,
        "assignee|assigned to|toegewezen aan|uitvoerder|behandelaar|technician|agent|\
         responsable|attribué à|assigné à|zugewiesene person|zugewiesen an|bearbeiter|owner|\
         eigenaar|verantwoordelijke|agent id|operator",
    ),
    (
        Field::Created,
        "created|created at|created on|created time|created date|creation date|opened|\
         opened at|opened on|open date|date created|aangemaakt|aangemaakt op|aanmaakdatum|\
         gecreëerd|datum aanmaak|datum|date|créé|créée|créé le|date de création|erstellt|\
         erstellt am|erstelldatum|erstellungsdatum|created datetime|sys created on|submitted|\
         submit date|reported date|aanmelddatum|datum melding|opened date",
    ),
    (
        Field::Updated,
        "updated|updated at|updated on|last updated|last modified|sys updated on|\
         sys updated at|bijgewerkt|bijgewerkt op|laatst gewijzigd|gewijzigd|modified|\
         mis à jour|mise à jour|date de mise à jour|aktualisiert|geändert am|\
         last updated time|last update|wijzigingsdatum",
    ),
    (
        Field::Resolved,
        "resolved|resolved at|resolved on|resolved time|resolved date|closed|closed at|\
         closed on|closed time|close date|opgelost|opgelost op|afgesloten|afgesloten op|\
         afgehandeld op|résolu|résolue|résolu le|date de résolution|clôturé le|erledigt|\
         gelöst am|geschlossen am|resolution date|completed time|datum gereed|completed at|\
         date closed|date resolved|gesloten|sluitingsdatum|resolution time stamp|closed date",
    ),
    (
        Field::Comment,
        "comment|comments|opmerking|opmerkingen|commentaar|reactie|reacties|commentaire|\
         commentaires|kommentar|kommentare|work notes|worknotes|comments and work notes|\
         additional comments|notes|notities|werknotities|arbeitsnotizen|notes de travail",
    ),
    (
        Field::Person,
        "resolved by|closed by|sys updated by|updated by|reopened by|last modified by|\
         approved by|approver|approvers|goedkeurder|gesloten door|opgelost door|case:creator",
    ),
    (Field::Labels, "labels|label|tags|tag|étiquettes|stichwörter|stichworte|trefwoorden"),
    (
        Field::Components,
        "component/s|components|component|componenten|onderdelen|composants|komponenten|\
         cmdb ci|configuration item|business service|affected services|affected service|\
         configuratie-item|applicatie|application|system|systeem|service|asset|dienst",
    ),
    (
        Field::Client,
        "organizations|organization|organisation|organisations|organisatie|organisaties|\
         client|klant|customer|company|bedrijf|account|kunde|kunden|société|entreprise|\
         klantnaam|tenant|account name|organization name|organisationen|\
         customer organization|firma|merchant id",
    ),
    (
        Field::Group,
        "assignment group|team|group|groep|behandelaarsgroep|toewijzingsgroep|support group|\
         queue|groupe|groupe d'affectation|équipe|zuweisungsgruppe|gruppe|support team|\
         oplosgroep|org:group|assigned group|wachtrij|resolver group",
    ),
    (Field::Spent, "time spent|bestede tijd|temps consacré|temps passé|zeitaufwand"),
    (Field::SumSpent, "σ time spent|σ bestede tijd|σ temps consacré|σ zeitaufwand"),
    (
        Field::LogWork,
        "log work|worklog|werk registreren|werklog|journal de travail|arbeitsprotokoll",
    ),
    (
        Field::Reopened,
        "reopen count|reopened count|times reopened|aantal heropend|is reopened|reopened|heropend",
    ),
    (Field::Reassigned, "reassignment count|reassignments|aantal toewijzingen"),
    (
        Field::History,
        "status history|transitions|statusgeschiedenis|statushistoriek|transition history|\
         historique des statuts|statusverlauf",
    ),
    (
        Field::Activity,
        "concept:name|activity|activiteit|activité|aktivität|activity name|task name|event|\
         event name",
    ),
    (
        Field::Started,
        "start timestamp|start time|starttime|time:start|start|starttijd|begin|début|\
         startzeit",
    ),
    (
        Field::Ended,
        "time:timestamp|timestamp|end time|endtime|complete timestamp|end timestamp|tijdstip|\
         eindtijd|event time|horodatage|zeitstempel|end|completed timestamp",
    ),
    (Field::Resource, "org:resource|resource|medewerker|ressource|performer"),
    (Field::Transition, "lifecycle:transition|lifecycle"),
    (
        Field::Ignored,
        "watchers|watchers id|votes|last viewed|assignee id|reporter id|creator id|\
         project lead|project lead id|project url|project description|rank|volgers|\
         observateurs|beobachter|stemmen|laatst bekeken|parent id|parent summary|attachment|\
         bijlage|status category changed",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_in_four_languages_and_wrapped() {
        let cases = [
            ("Issue key", Field::Key),
            ("Sleutel", Field::Key),
            ("Samenvatting", Field::Title),
            ("short_description", Field::Title),
            ("Zusammenfassung", Field::Title),
            ("Custom field (Klant)", Field::Client),
            ("Aangepast veld (Klant)", Field::Client),
            ("Component/s", Field::Components),
            ("Créé le", Field::Created),
            ("Outward issue link (Blocks)", Field::Link("Blocks".into())),
            ("Inward issue link (Blocks)", Field::Link("Blocks (inward)".into())),
            ("Parent", Field::Link("parent".into())),
            ("case:concept:name", Field::Key),
        ];
        for (header, field) in cases {
            assert_eq!(known(header).map(|(field, _)| field), Some(field), "{header}");
        }
        assert_eq!(known("Custom field (Approvals)"), None);
        assert_eq!(inner("Custom field (Approvals)"), "Approvals");
    }

    #[test]
    fn no_header_stands_for_two_fields() {
        let mut seen = std::collections::BTreeSet::new();
        for name in TABLE.iter().flat_map(|(_, names)| names.split('|')) {
            assert!(seen.insert(name), "{name}");
            assert_eq!(normal(name), name);
        }
    }
}
