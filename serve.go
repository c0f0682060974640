package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/appliance"
	"intendant/internal/backup"
	"intendant/internal/mail"
	"intendant/internal/scolarite"
	"intendant/internal/settings"
	"intendant/web"
)

// dataFlag is the data folder, which every command takes.
type dataFlag struct {
	Data string `help:"Dossier des données. / Data folder." default:"data" env:"INTENDANT_DATA" type:"path"`
}

// unusedDataFlag lets a command that needs no data take the folder all the
// same, so that a script can give it to each of them.
type unusedDataFlag struct {
	Data string `help:"Sans effet ici. / Of no effect here." hidden:"" env:"INTENDANT_DATA" type:"path"`
}

// open opens an existing data folder beside a server that may be running.
func (f dataFlag) open(ctx context.Context) (*appliance.Appliance, error) {
	if _, err := os.Stat(filepath.Join(f.Data, appliance.BaseName)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s : aucune base ; --data ou INTENDANT_DATA nomme le dossier / no base there", f.Data)
	}
	return appliance.Open(ctx, appliance.Config{Data: f.Data, MustExist: true})
}

// listenFlags say how the server meets its clients.
type listenFlags struct {
	Listen       string   `help:"Adresse d'écoute. / Address to listen on." default:"127.0.0.1:8000" env:"INTENDANT_LISTEN"`
	TLSCert      string   `name:"tls-cert" help:"Certificat TLS. / TLS certificate." env:"INTENDANT_TLS_CERT" and:"tls" type:"existingfile"`
	TLSKey       string   `name:"tls-key" help:"Clé TLS. / TLS key." env:"INTENDANT_TLS_KEY" and:"tls" type:"existingfile"`
	PublicURL    *url.URL `name:"public-url" help:"Adresse publique. / Public address." env:"INTENDANT_PUBLIC_URL"`
	TrustedProxy []string `name:"trusted-proxy" help:"Réseaux des mandataires de confiance (CIDR). / Networks of the trusted proxies (CIDR)." env:"INTENDANT_TRUSTED_PROXY"`
	CORSOrigin   []string `name:"cors-origin" help:"Sites dont les pages peuvent appeler les API. / Sites whose pages may call the APIs." env:"INTENDANT_CORS_ORIGIN"`
	MinPassword  int      `name:"min-password" help:"Longueur minimale des mots de passe, 8 à 64 ; celle des réglages sans cela. / Shortest password; that of the settings otherwise." env:"INTENDANT_MIN_PASSWORD"`
	TZ           string   `name:"tz" help:"Fuseau horaire du site. / Time zone of the site." default:"Europe/Paris" env:"INTENDANT_TZ"`
	ScodocWire   string   `name:"scodoc-wire" help:"Forme des réponses de scolarité : reference, celle du document publié ; production, celle qu'attendent les clients existants. / How student records are written." default:"reference" enum:"reference,production" env:"INTENDANT_SCODOC_WIRE"`
	mail.Flags
	LogJSON bool `name:"log-json" help:"Journaux en JSON. / JSON logs." env:"INTENDANT_LOG_JSON"`
}

type serveCmd struct {
	dataFlag
	listenFlags
	BackupAt   string `name:"backup-at" help:"Heure de la sauvegarde de nuit ; off pour aucune. / Time of the nightly backup; off for none." default:"03:00" env:"INTENDANT_BACKUP_AT"`
	BackupKeep int    `name:"backup-keep" help:"Sauvegardes de nuit gardées. / Nightly backups kept." default:"14" env:"INTENDANT_BACKUP_KEEP"`
}

// Validate refuses values that cannot be used, as a fault of the line.
func (c *serveCmd) Validate() error {
	if _, _, err := backup.ParseAt(c.BackupAt); err != nil && c.BackupAt != "off" {
		return fmt.Errorf("--backup-at: %w", err)
	}
	if c.BackupKeep < 1 {
		return errors.New("--backup-keep: want 1 or more")
	}
	return c.listenFlags.Validate()
}

// Run serves until the context ends, then answers what is under way.
func (c *serveCmd) Run(ctx context.Context, out output) error {
	cfg, err := c.config(c.Data)
	if err != nil {
		return err
	}
	cfg.Running.BackupAt, cfg.Running.BackupKeep = c.BackupAt, c.BackupKeep
	a, err := appliance.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	if c.BackupAt != "off" {
		night, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = c.nightly(a).Run(night) // its only error is a bad time, which Validate refuses
		}()
		defer func() { stop(); <-done }()
	}
	return c.serve(ctx, out, a)
}

// nightly returns the job that backs the folder up each night.
func (c *serveCmd) nightly(a *appliance.Appliance) backup.Nightly {
	return backup.Nightly{
		Data: a.Data, Base: appliance.BaseName, At: c.BackupAt, Keep: c.BackupKeep,
		Now: func() time.Time { return time.Now().In(a.Location) },
		Record: func(ctx context.Context, at time.Time, file string, size int64, failure error) {
			message := ""
			if failure != nil {
				message = failure.Error()
				a.Logger.Error("nightly backup failed", "error", failure)
			}
			err := a.Store.Write(context.WithoutCancel(ctx), func(ctx context.Context, q *db.Queries) error {
				_, err := q.RecordBackup(ctx, db.RecordBackupParams{At: db.At(at), File: file, Size: size, Checked: failure == nil, Message: message})
				return err
			})
			if err != nil {
				a.Logger.Error("nightly backup not recorded", "error", err)
			}
		},
	}
}

// Validate refuses values that cannot be used, as a fault of the line.
func (f *listenFlags) Validate() error {
	if _, err := f.config(""); err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(f.Listen)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if u := f.PublicURL; u != nil && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("--public-url: %q is no address like https://intendant.example", u)
	}
	if f.TLSCert != "" {
		if _, err := tls.LoadX509KeyPair(f.TLSCert, f.TLSKey); err != nil {
			return fmt.Errorf("--tls-cert, --tls-key: %w", err)
		}
	}
	_, err = f.proxies()
	return err
}

// proxies returns the networks whose X-Forwarded-For is believed.
func (f *listenFlags) proxies() ([]netip.Prefix, error) {
	prefixes := make([]netip.Prefix, len(f.TrustedProxy))
	for i, text := range f.TrustedProxy {
		var err error
		if prefixes[i], err = netip.ParsePrefix(text); err != nil {
			return nil, fmt.Errorf("--trusted-proxy: %w", err)
		}
	}
	return prefixes, nil
}

// config returns how to open the data folder for these flags.
func (f *listenFlags) config(data string) (appliance.Config, error) {
	where, err := time.LoadLocation(f.TZ)
	if err != nil {
		return appliance.Config{}, fmt.Errorf("--tz: %w", err)
	}
	if f.MinPassword != 0 && (f.MinPassword < settings.LeastMinPassword || f.MinPassword > settings.MostMinPassword) {
		return appliance.Config{}, fmt.Errorf("--min-password: want %d to %d", settings.LeastMinPassword, settings.MostMinPassword)
	}
	origins, bad := settings.ParseOrigins(f.CORSOrigin)
	if bad != "" {
		return appliance.Config{}, fmt.Errorf("--cors-origin: %q is no origin", bad)
	}
	smtp, err := f.Server()
	if err != nil {
		return appliance.Config{}, err
	}
	isSecure := f.TLSCert != "" || f.PublicURL != nil && f.PublicURL.Scheme == "https"
	return appliance.Config{
		Data: data, Logger: f.logger(), Location: where, SecureCookies: isSecure, Version: version,
		MinPassword: f.MinPassword, CORSOrigins: origins, SMTP: smtp, Wire: scolarite.Wire(f.ScodocWire), Running: web.Running{Listen: f.Listen, PublicURL: urlText(f.PublicURL)},
	}, nil
}

// urlText returns an address, "" for none.
func urlText(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.String()
}

func (f *listenFlags) logger() *slog.Logger {
	if f.LogJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

const (
	// headerTimeout and readTimeout end the requests that never come to an
	// end, writeTimeout the answers that nobody takes: an archive needs time on
	// a slow line. maxHeader bounds the headers, in bytes.
	headerTimeout = 10 * time.Second
	readTimeout   = 5 * time.Minute
	writeTimeout  = time.Hour
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	// purgeEvery is how often what is past its time is deleted.
	purgeEvery = time.Hour
	// outboxKept is how long a message stays to be looked at once nothing more
	// will happen to it.
	outboxKept = 90 * 24 * time.Hour
	// drainTimeout is how long a stopping server waits for answers under way.
	drainTimeout = 20 * time.Second
)

func (f *listenFlags) serve(ctx context.Context, out output, a *appliance.Appliance) error {
	handler := a.Server()
	handler.PublicURL = f.PublicURL
	var err error
	if handler.TrustedProxies, err = f.proxies(); err != nil {
		return err
	}
	unlock, err := appliance.Lock(a.Data)
	if err != nil {
		return err
	}
	defer unlock()
	if err := a.Projets.Repair(ctx); err != nil {
		a.Logger.Error("project databases", "error", err)
	}
	listener, err := net.Listen("tcp", f.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	srv := newServer(a.Counted(handler), a.Logger)
	failed := make(chan error, 1)
	scheme := "http"
	if f.TLSCert != "" {
		scheme = "https"
	}
	address := scheme + "://" + listener.Addr().String()
	out.printf("Intendant : %s\n", address)
	if f.PublicURL != nil {
		address = strings.TrimSuffix(f.PublicURL.String(), "/")
	}
	if err := welcome(ctx, out, a, address); err != nil {
		listener.Close()
		return err
	}
	upkeep, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { purge(upkeep, a) })
	work.Go(func() {
		if err := a.Mail.Run(upkeep); err != nil && upkeep.Err() == nil {
			a.Logger.Error("mail worker stopped", "error", err)
		}
	})
	defer func() { stop(); work.Wait() }()
	go func() {
		if f.TLSCert != "" {
			failed <- srv.ServeTLS(listener, f.TLSCert, f.TLSKey)
			return
		}
		failed <- srv.Serve(listener)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// newServer returns a server with limits on all that a client may drag out.
func newServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// welcome prints the link that creates the first administrator while there is
// no account.
func welcome(ctx context.Context, out output, a *appliance.Appliance, address string) error {
	needsSetup, err := a.Identity.NeedsSetup(ctx)
	if err != nil || !needsSetup {
		return err
	}
	secret, err := a.Identity.SetupSecret(ctx)
	if err != nil {
		return err
	}
	out.printf("Premier administrateur / First administrator : %s/setup?code=%s\n", address, secret)
	return nil
}

// purge deletes what is past its time until ctx ends.
func purge(ctx context.Context, a *appliance.Appliance) {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		if err := purgeOnce(ctx, a); err != nil && ctx.Err() == nil {
			a.Logger.Error("purge", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func purgeOnce(ctx context.Context, a *appliance.Appliance) error {
	_, err := a.Mail.Purge(ctx, a.Now().Add(-outboxKept))
	return errors.Join(err, a.Identity.Purge(ctx), a.Parc.PurgeImports(ctx))
}

type healthcheckCmd struct {
	unusedDataFlag
	URL string `help:"Adresse du serveur. / Address of the server." default:"http://127.0.0.1:8000" env:"INTENDANT_HEALTHCHECK_URL"`
}

// Run asks a running server whether it is ready.
func (c *healthcheckCmd) Run(ctx context.Context, out output) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s/readyz: %s", c.URL, resp.Status)
	}
	out.printf("ok\n")
	return nil
}

type routesCmd struct {
	unusedDataFlag
	JSON bool `help:"En JSON. / As JSON."`
}

// routeLine is one entry as the routes command prints it.
type routeLine struct {
	System     string `json:"system"`
	Family     string `json:"family"`
	Name       string `json:"name"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Permission string `json:"permission"`
	Extension  bool   `json:"extension"`
}

// Run prints the route table: it needs no data, only the program itself.
func (c *routesCmd) Run(ctx context.Context, out output) error {
	folder, err := os.MkdirTemp("", "intendant-routes-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	a, err := appliance.Open(ctx, appliance.Config{Data: folder})
	if err != nil {
		return err
	}
	defer a.Close()
	lines := routeLines(a.Router.Routes())
	if c.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(lines)
	}
	for _, l := range lines {
		out.printf("%-10s %-14s %-7s %-45s %-22s %s\n", l.System, l.Family, l.Method, l.Path, l.Permission, l.Name)
	}
	return nil
}

func routeLines(routes []*api.Route) []routeLine {
	lines := []routeLine{}
	for _, r := range routes {
		for _, path := range r.Paths {
			for _, method := range r.Methods() {
				lines = append(lines, routeLine{r.System, r.Family, r.Name, method, r.Base() + path, string(r.Needs), r.IsExtension})
			}
		}
	}
	return slices.Clip(lines)
}
