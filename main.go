// Command intendant is the appliance: one binary, one data folder.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

// cli is the tree of commands; each one's Run is in the file of its name.
type cli struct {
	Serve       serveCmd       `cmd:"" help:"Démarre le serveur. / Start the server."`
	Demo        demoCmd        `cmd:"" help:"Remplit un dossier vide de données d'exemple, puis démarre. / Fill an empty folder with sample data, then serve."`
	Init        initCmd        `cmd:"" help:"Crée la base et son administrateur. / Create the base and its administrator."`
	User        userCmd        `cmd:"" help:"Gère les comptes. / Manage accounts."`
	Role        roleCmd        `cmd:"" help:"Gère les rôles. / Manage roles."`
	Token       tokenCmd       `cmd:"" help:"Délivre un jeton d'accès. / Issue an access token."`
	Backup      backupCmd      `cmd:"" help:"Sauvegarde tout dans un fichier. / Back everything up into one file."`
	Restore     restoreCmd     `cmd:"" help:"Restaure une sauvegarde, serveur arrêté. / Restore a backup, server stopped."`
	Routes      routesCmd      `cmd:"" help:"Liste les entrées des API. / List the entries of the APIs."`
	Openapi     openapiCmd     `cmd:"" name:"openapi" help:"Affiche le document OpenAPI d'une aile. / Print the OpenAPI document of a wing."`
	Healthcheck healthcheckCmd `cmd:"" help:"Vérifie qu'un serveur répond. / Check that a server answers."`
	Version     versionCmd     `cmd:"" help:"Affiche la version. / Print the version."`
}

// output is where commands write what they were asked for.
type output struct{ io.Writer }

func (o output) printf(format string, args ...any) { fmt.Fprintf(o, format, args...) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line. It returns 0 when done, 1 when it failed and
// 2 when the line could not be understood.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	code := -1
	parser, err := kong.New(
		&cli{}, kong.Name("intendant"), kong.Description("Le serveur de site : parc, projets, scolarité."),
		kong.Writers(stdout, stderr), kong.Exit(func(c int) { code = c }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(output{stdout}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "intendant:", err)
		return 2
	}
	if err := knownSettings(parser.Model, os.Environ()); err != nil {
		fmt.Fprintln(stderr, "intendant:", err)
		return 2
	}
	line, err := parser.Parse(args)
	if code >= 0 { // --help has been printed
		return code
	}
	if err != nil {
		fmt.Fprintln(stderr, "intendant:", err)
		return 2
	}
	if err := line.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "intendant:", err)
		return 1
	}
	return 0
}

// knownSettings refuses an INTENDANT_* variable that no command reads: a
// setting mistyped must not be a setting ignored.
func knownSettings(app *kong.Application, environ []string) error {
	known := map[string]bool{}
	var visit func(n *kong.Node)
	visit = func(n *kong.Node) {
		for _, f := range n.Flags {
			for _, name := range f.Envs {
				known[name] = true
			}
		}
		for _, child := range n.Children {
			visit(child)
		}
	}
	visit(app.Node)
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "INTENDANT_") && !known[name] {
			return fmt.Errorf("%s: unknown setting", name)
		}
	}
	return nil
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(out output) error {
	out.printf("intendant %s\n", version)
	return nil
}
