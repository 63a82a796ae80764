-- Who may ask by the form in the browser. A link is opened once; what the browser then holds is
-- another secret. Of both only the hashes stand here.
CREATE TABLE form_links (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  TEXT NOT NULL,
    -- Microseconds since 1970.
    made    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    opened  INTEGER,
    revoked INTEGER,
    person  TEXT NOT NULL,
    link    TEXT NOT NULL UNIQUE,
    session TEXT UNIQUE
) STRICT;

CREATE INDEX form_links_by_person ON form_links (tenant, person);
