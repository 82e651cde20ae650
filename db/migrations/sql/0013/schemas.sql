-- Where the parts of divided tables lie, and where parts go that were taken out. Nobody
-- may look into the first: who asks the whole is asked for rights there.
CREATE SCHEMA atalaya_months AUTHORIZATION atalaya_owner;
CREATE SCHEMA atalaya_archive AUTHORIZATION atalaya_owner;
GRANT USAGE ON SCHEMA atalaya_archive TO atalaya_auditor;
