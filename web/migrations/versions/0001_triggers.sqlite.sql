CREATE TRIGGER IF NOT EXISTS bundle_no_update BEFORE UPDATE ON bundle BEGIN SELECT RAISE(ABORT, 'bundle is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS bundle_no_delete BEFORE DELETE ON bundle BEGIN SELECT RAISE(ABORT, 'bundle is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS bundle_no_replace BEFORE INSERT ON bundle WHEN EXISTS (SELECT 1 FROM bundle WHERE ("id" = NEW."id") OR ("key" = NEW."key" AND "version" = NEW."version")) BEGIN SELECT RAISE(ABORT, 'bundle is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS bundle_file_no_update BEFORE UPDATE ON bundle_file BEGIN SELECT RAISE(ABORT, 'bundle_file is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS bundle_file_no_delete BEFORE DELETE ON bundle_file BEGIN SELECT RAISE(ABORT, 'bundle_file is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS bundle_file_no_replace BEFORE INSERT ON bundle_file WHEN EXISTS (SELECT 1 FROM bundle_file WHERE ("bundle_id" = NEW."bundle_id" AND "path" = NEW."path")) BEGIN SELECT RAISE(ABORT, 'bundle_file is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS definition_no_update BEFORE UPDATE ON definition BEGIN SELECT RAISE(ABORT, 'definition is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS definition_no_delete BEFORE DELETE ON definition BEGIN SELECT RAISE(ABORT, 'definition is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS definition_no_replace BEFORE INSERT ON definition WHEN EXISTS (SELECT 1 FROM definition WHERE ("id" = NEW."id") OR ("process" = NEW."process" AND "version" = NEW."version")) BEGIN SELECT RAISE(ABORT, 'definition is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS submission_no_update BEFORE UPDATE ON submission BEGIN SELECT RAISE(ABORT, 'submission is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS submission_no_delete BEFORE DELETE ON submission BEGIN SELECT RAISE(ABORT, 'submission is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS submission_no_replace BEFORE INSERT ON submission WHEN EXISTS (SELECT 1 FROM submission WHERE ("id" = NEW."id") OR ("task_id" = NEW."task_id")) BEGIN SELECT RAISE(ABORT, 'submission is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS record_no_update BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'record is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS record_no_delete BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'record is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS record_no_replace BEFORE INSERT ON record WHEN EXISTS (SELECT 1 FROM record WHERE ("id" = NEW."id") OR ("seq" = NEW."seq") OR ("type" = NEW."type" AND "subject" = NEW."subject" AND "key" = NEW."key" AND "revision" = NEW."revision")) BEGIN SELECT RAISE(ABORT, 'record is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS signature_no_update BEFORE UPDATE ON signature BEGIN SELECT RAISE(ABORT, 'signature is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS signature_no_delete BEFORE DELETE ON signature BEGIN SELECT RAISE(ABORT, 'signature is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS signature_no_replace BEFORE INSERT ON signature WHEN EXISTS (SELECT 1 FROM signature WHERE ("id" = NEW."id") OR ("seq" = NEW."seq") OR ("task_id" = NEW."task_id")) BEGIN SELECT RAISE(ABORT, 'signature is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS voiding_no_update BEFORE UPDATE ON voiding BEGIN SELECT RAISE(ABORT, 'voiding is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS voiding_no_delete BEFORE DELETE ON voiding BEGIN SELECT RAISE(ABORT, 'voiding is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS voiding_no_replace BEFORE INSERT ON voiding WHEN EXISTS (SELECT 1 FROM voiding WHERE ("signature_id" = NEW."signature_id")) BEGIN SELECT RAISE(ABORT, 'voiding is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS attachment_no_update BEFORE UPDATE ON attachment BEGIN SELECT RAISE(ABORT, 'attachment is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS attachment_no_delete BEFORE DELETE ON attachment BEGIN SELECT RAISE(ABORT, 'attachment is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS attachment_no_replace BEFORE INSERT ON attachment WHEN EXISTS (SELECT 1 FROM attachment WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'attachment is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS comment_no_update BEFORE UPDATE ON comment BEGIN SELECT RAISE(ABORT, 'comment is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS comment_no_delete BEFORE DELETE ON comment BEGIN SELECT RAISE(ABORT, 'comment is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS comment_no_replace BEFORE INSERT ON comment WHEN EXISTS (SELECT 1 FROM comment WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'comment is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS event_no_replace BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE ("seq" = NEW."seq")) BEGIN SELECT RAISE(ABORT, 'event is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS personal_no_update BEFORE UPDATE ON personal BEGIN SELECT RAISE(ABORT, 'personal is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS personal_no_delete BEFORE DELETE ON personal BEGIN SELECT RAISE(ABORT, 'personal is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS personal_no_replace BEFORE INSERT ON personal WHEN EXISTS (SELECT 1 FROM personal WHERE ("seq" = NEW."seq")) BEGIN SELECT RAISE(ABORT, 'personal is evidence: it is never changed or removed'); END
