-- Records, people, hunts and decisions. Every row belongs to a tenant.

CREATE TABLE records (
    tenant TEXT NOT NULL,
    kind   TEXT NOT NULL CHECK (kind IN ('ticket', 'message', 'answer')),
    source TEXT NOT NULL,
    ref    TEXT NOT NULL,
    -- Microseconds since 1970 of the record's last change; the newer one wins.
    stamp  INTEGER,
    hash   BLOB NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, source, ref)
) STRICT;

CREATE TABLE people (
    tenant    TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    robot     INTEGER NOT NULL DEFAULT 0 CHECK (robot IN (0, 1)),
    role      TEXT,
    PRIMARY KEY (tenant, pseudonym)
) STRICT, WITHOUT ROWID;

-- Names stand here and nowhere else, sealed with the workspace's key.
CREATE TABLE identities (
    tenant    TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    sealed    BLOB NOT NULL,
    PRIMARY KEY (tenant, pseudonym)
) STRICT, WITHOUT ROWID;

CREATE TABLE hunts (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL,
    at     TEXT NOT NULL
) STRICT;

CREATE TABLE hunt_inputs (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant   TEXT NOT NULL,
    hunt     INTEGER NOT NULL REFERENCES hunts (id),
    name     TEXT NOT NULL,
    format   TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    counts   TEXT NOT NULL,
    findings TEXT NOT NULL
) STRICT;

CREATE INDEX hunt_inputs_by_hunt ON hunt_inputs (tenant, hunt);

-- What the last discovery found, without its candidates.
CREATE TABLE discoveries (
    tenant TEXT NOT NULL PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT;

CREATE TABLE candidates (
    tenant  TEXT NOT NULL,
    id      TEXT NOT NULL,
    members TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE decisions (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    TEXT NOT NULL,
    candidate TEXT NOT NULL,
    yes       INTEGER NOT NULL CHECK (yes IN (0, 1)),
    by_whom   TEXT NOT NULL,
    why       TEXT NOT NULL,
    at        TEXT NOT NULL
) STRICT;

CREATE INDEX decisions_by_candidate ON decisions (tenant, candidate);

CREATE TABLE reveals (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    why       TEXT NOT NULL,
    at        TEXT NOT NULL
) STRICT;

CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

CREATE TRIGGER decisions_never_go BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

CREATE TRIGGER reveals_never_change BEFORE UPDATE ON reveals
BEGIN SELECT RAISE(ABORT, 'reveals are append-only'); END;

CREATE TRIGGER reveals_never_go BEFORE DELETE ON reveals
BEGIN SELECT RAISE(ABORT, 'reveals are append-only'); END;
