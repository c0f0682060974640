package mail

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Flags are the settings of the SMTP server on the command line, for kong.
type Flags struct {
	Host         string `name:"smtp-host" help:"Serveur SMTP ; sans lui, les messages attendent. / SMTP server; without it messages are held." env:"INTENDANT_SMTP_HOST"`
	Port         int    `name:"smtp-port" help:"Port SMTP ; 0 pour celui du mode TLS (25, 587, 465). / SMTP port; 0 for that of the TLS mode." default:"0" env:"INTENDANT_SMTP_PORT"`
	TLS          string `name:"smtp-tls" help:"Chiffrement : none, starttls ou tls. / Encryption." enum:"none,starttls,tls" default:"starttls" env:"INTENDANT_SMTP_TLS"`
	User         string `name:"smtp-user" help:"Compte SMTP. / SMTP user." env:"INTENDANT_SMTP_USER"`
	PasswordFile string `name:"smtp-password-file" help:"Fichier du mot de passe SMTP. / File with the SMTP password." env:"INTENDANT_SMTP_PASSWORD_FILE" type:"path"`
	From         string `name:"smtp-from" help:"Expéditeur : Intendant <intendant@example.com>. / Sender." env:"INTENDANT_SMTP_FROM"`
}

// Server returns the server they describe, the zero value without a host. It
// fails when the password cannot be read or the settings contradict each other.
func (f Flags) Server() (Server, error) {
	if f.Host == "" {
		if f.Port != 0 || f.User != "" || f.PasswordFile != "" || f.From != "" {
			return Server{}, errors.New("--smtp-host: the server's name is missing, the other settings are nothing without it")
		}
		return Server{}, nil
	}
	s := Server{Host: f.Host, Port: f.Port, TLS: TLSMode(f.TLS), User: f.User, From: f.From}
	if f.PasswordFile != "" {
		password, err := readPassword(f.PasswordFile)
		if err != nil {
			return Server{}, fmt.Errorf("--smtp-password-file: %w", err)
		}
		s.Password = password
	}
	return s, s.Check()
}

// maxPassword is longer than any password, and short enough to notice a file
// given by mistake.
const maxPassword = 4096

// readPassword returns the file's one line. Who may read the file is not our
// business: a service manager that hands over a credential sets the mode.
func readPassword(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxPassword+1))
	if err != nil {
		return "", err
	}
	password := strings.TrimRight(string(content), "\r\n")
	if password == "" || len(password) > maxPassword || strings.ContainsAny(password, "\r\n\x00") {
		return "", fmt.Errorf("%s does not hold one line with a password", path)
	}
	return password, nil
}
