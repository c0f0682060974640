-- User names that differ but in case are one person's to a reader.

-- +goose Up
CREATE INDEX accounts_user_name_folded ON accounts (lower(user_name));
