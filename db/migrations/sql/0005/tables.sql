-- For how long the plates of vehicles without a case are remembered.
CREATE TABLE atalaya.plate_retention (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    keep_days integer NOT NULL CHECK (keep_days BETWEEN 1 AND 365)
);
INSERT INTO atalaya.plate_retention (keep_days) VALUES (30);

-- Plates that an engine held when their old reads went. It may have failed, and then no
-- read is left by which they would be found again.
CREATE TABLE atalaya.plate_left (plate_id bigint PRIMARY KEY);

-- In the order in which reads are forgotten.
CREATE INDEX plate_read_seen ON atalaya.plate_read (seen_at, id);
-- Whether a read must stay is asked of each; so is it when its row is deleted.
CREATE INDEX watch_hit_read ON atalaya.watch_hit (read_id);
CREATE INDEX infraction_track ON atalaya.infraction (engine_id, track_id);
CREATE INDEX infraction_twin_engine ON atalaya.infraction_twin (engine_id);
