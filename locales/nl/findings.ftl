## Wat een lezer vond: de bijzonderheden van een bevinding

detail-as-kept = { $text }
detail-more = en nog { $count } van deze soort

detail-archive-damaged = het archief is hier beschadigd ({ $error })
detail-no-utf8 = bytes die geen UTF-8 zijn: exporteer als UTF-8
detail-bytes-replaced = bytes die geen tekst zijn, werden vervangen
detail-empty-file = een leeg bestand
detail-json-breaks-off = de JSON breekt hier af: exporteer opnieuw, volledig
detail-json-broken = regel { $line } is geen geldige JSON meer vanaf teken { $column }
detail-xml-broken = de XML is hier stuk: wat volgt, was niet te lezen
detail-no-object = hier hoort een object te staan
detail-cells = { $cells ->
    [one] { $cells } cel
   *[other] { $cells } cellen
} waar de hoofding er { $header } heeft
detail-open-quote = een aanhalingsteken dat nergens sluit: { $rows ->
    [one] { $rows } rij
   *[other] { $rows } rijen
} gelezen als één cel

detail-limit-rows = meer dan { $limit } rijen: wat volgt, is weggelaten; splits de export
detail-limit-messages = meer dan { $limit } berichten: wat volgt, is weggelaten; splits de export
detail-limit-objects = meer dan { $limit } objecten: wat volgt, is weggelaten; splits het log
detail-limit-traces = meer dan { $limit } traces: wat volgt, is weggelaten; splits het log
detail-cut = { $size } bytes ingekort tot { $limit }
detail-cut-at = afgebroken na { $limit } bytes
detail-entries-cut = { $count } items op één ticket ingekort tot { $limit }
detail-events-cut = meer dan { $limit } gebeurtenissen: de rest is weggelaten

detail-date = { $value } is geen datum: gebruik jjjj-mm-dd uu:mm
detail-no-date = geen leesbare datum
detail-no-time = geen leesbaar tijdstip
detail-number = { $value } is geen geheel getal
detail-dates-open = dag of maand eerst: niets maakt het duidelijk; { $order ->
    [month] gelezen met de maand eerst
   *[day] gelezen met de dag eerst
}
detail-dates-mixed = dag of maand eerst: beide komen voor; { $order ->
    [month] gelezen met de maand eerst
   *[day] gelezen met de dag eerst
}

detail-issue-no-key = een issue zonder sleutel
detail-issue-no-fields = een issue zonder velden
detail-record-no-number = een record zonder nummer
detail-request-no-id = een aanvraag zonder id
detail-ticket-no-id = een ticket zonder id
detail-row-no-key = een rij zonder sleutel
detail-records-no-text = { $count ->
    [one] een record dat niet zegt waarover het gaat
   *[other] records die niet zeggen waarover ze gaan
}
detail-records-no-time = { $count ->
    [one] een record zonder het tijdstip waarop het gemaakt is
   *[other] records zonder het tijdstip waarop ze gemaakt zijn
}
detail-same-row = dezelfde rij als een andere
detail-same-key = dezelfde sleutel als een andere rij: de laatst bijgewerkte blijft
detail-rows-joined = verschillende rijen van één record, samengevoegd tot zijn geschiedenis
detail-transaction-joined = een transactie, bij haar ticket gevoegd
detail-transaction-alone = een transactie van een ticket dat niet in de export zit
detail-auto-reply = een automatisch antwoord
detail-quote = een geciteerd gesprek is weggelaten
detail-signature = een mailhandtekening is weggelaten

detail-message-no-id = een bericht zonder id
detail-message-no-text = een bericht zonder tekst
detail-deleted = een verwijderd bericht
detail-notice = een melding van het systeem
detail-notice-kind = een melding van het systeem ({ $kind })
detail-same-message = hetzelfde bericht een tweede keer
detail-no-messages = geen JSON-lijst van berichten: exporteer opnieuw
detail-holds-no-messages = geen deel van de export met berichten in
detail-no-users = geen enkele gebruiker is te lezen: in de berichten blijven hun id's staan
detail-unknown-user = een gebruiker die niet in users.json staat
detail-no-entries = geen regels met een datum
detail-entry-no-text = een regel zonder tekst
detail-entry-no-time = geen datum erboven, of geen UU:MM aan het begin

detail-no-chore = geen klus in te vinden

detail-event-empty = een gebeurtenis zonder activiteit of tijdstip
detail-events-nameless = { $count ->
    [one] { $count } gebeurtenis zonder naam of tijdstip is weggelaten
   *[other] { $count } gebeurtenissen zonder naam of tijdstip zijn weggelaten
}
detail-trace-nameless = een trace zonder concept:name: genummerd naar zijn plaats
detail-trace-twice = een tweede trace met dezelfde naam: zijn gebeurtenissen komen bij de eerste
detail-same-object = hetzelfde object een tweede keer
