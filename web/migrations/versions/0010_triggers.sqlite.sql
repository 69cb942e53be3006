CREATE TRIGGER IF NOT EXISTS absence_no_update BEFORE UPDATE ON absence BEGIN SELECT RAISE(ABORT, 'absence is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS absence_no_delete BEFORE DELETE ON absence BEGIN SELECT RAISE(ABORT, 'absence is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS absence_no_replace BEFORE INSERT ON absence WHEN EXISTS (SELECT 1 FROM absence WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'absence is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS absence_end_no_update BEFORE UPDATE ON absence_end BEGIN SELECT RAISE(ABORT, 'absence_end is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS absence_end_no_delete BEFORE DELETE ON absence_end BEGIN SELECT RAISE(ABORT, 'absence_end is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS absence_end_no_replace BEFORE INSERT ON absence_end WHEN EXISTS (SELECT 1 FROM absence_end WHERE ("absence_id" = NEW."absence_id")) BEGIN SELECT RAISE(ABORT, 'absence_end is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS acting_no_update BEFORE UPDATE ON acting BEGIN SELECT RAISE(ABORT, 'acting is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS acting_no_delete BEFORE DELETE ON acting BEGIN SELECT RAISE(ABORT, 'acting is evidence: it is never changed or removed'); END
CREATE TRIGGER IF NOT EXISTS acting_no_replace BEFORE INSERT ON acting WHEN EXISTS (SELECT 1 FROM acting WHERE ("task_id" = NEW."task_id")) BEGIN SELECT RAISE(ABORT, 'acting is evidence: it is never changed or removed'); END
