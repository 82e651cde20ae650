-- Whoever makes a person at the desk knows the first password: it serves to set another.
CREATE FUNCTION atalaya.add_person(
    p_login text, p_full_name text, p_role text, p_verifier text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_full_name IS NULL OR length(btrim(p_full_name)) NOT BETWEEN 2 AND 80
        OR p_full_name ~ '[[:cntrl:]]'
    THEN
        RAISE EXCEPTION 'A full name has 2 to 80 characters.' USING ERRCODE = 'AT003';
    END IF;
    PERFORM atalaya.create_person(p_login, btrim(p_full_name), p_role, p_verifier);
    UPDATE atalaya.person SET must_change_password = true WHERE login = p_login;
END
$$;
ALTER FUNCTION atalaya.add_person(text, text, text, text) OWNER TO atalaya_people;
REVOKE ALL ON FUNCTION atalaya.add_person(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION atalaya.add_person(text, text, text, text)
    TO atalaya_administrator;
