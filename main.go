// Command intendant is the appliance: one binary, one data folder.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"intendant/internal/errs"
	"intendant/web"
	"intendant/web/catalog"
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
	Project     projectCmd     `cmd:"" help:"Gère les projets et leurs utilisateurs. / Manage projects and their users."`
	Database    databaseCmd    `cmd:"" help:"Gère les bases de données des projets. / Manage the projects' databases."`
	Etudiants   etudiantsCmd   `cmd:"" help:"Gère les étudiants. / Manage students."`
	Formation   formationCmd   `cmd:"" help:"Importe et exporte les formations. / Import and export programmes."`
	Referentiel referentielCmd `cmd:"" help:"Charge les référentiels de compétences. / Load frameworks of competences."`
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

// newParser returns the parser of the command line. Its Exit is the caller's
// to set.
func newParser(ctx context.Context, stdout, stderr io.Writer, options ...kong.Option) (*kong.Kong, error) {
	parser, err := kong.New(&cli{}, append(options,
		kong.Name("intendant"), kong.Description("Le serveur de site : parc, projets, scolarité. / The site server."),
		kong.Writers(stdout, stderr), kong.Help(printHelp),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(output{stdout}),
	)...)
	if err == nil {
		parser.Model.HelpFlag.Help = "Affiche cette aide. / Show this help."
	}
	return parser, err
}

// headings says what kong writes around our own texts in both languages.
var headings = strings.NewReplacer(
	"\nFlags:\n", "\nOptions :\n",
	"\nCommands:\n", "\nCommandes / Commands:\n",
	`Run "intendant <command> --help" for more information on a command.`, "intendant <command> --help : aide d'une commande / help on a command",
)

// printHelp prints the help of a command.
func printHelp(options kong.HelpOptions, line *kong.Context) error {
	stdout := line.Stdout
	var text strings.Builder
	line.Stdout = &text
	err := kong.DefaultHelpPrinter(options, line)
	line.Stdout = stdout
	if _, e := headings.WriteString(stdout, text.String()); err == nil {
		err = e
	}
	return err
}

// run executes one command line. It returns 0 when done, 1 when it failed and
// 2 when the line could not be understood.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	code := -1
	parser, err := newParser(ctx, stdout, stderr, kong.Exit(func(c int) { code = c }))
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
		fmt.Fprintln(stderr, "intendant:", blame(parser.Model, args, err.Error()))
		return 2
	}
	if err := line.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "intendant:", blame(parser.Model, args, faultText(err)))
		return 1
	}
	return 0
}

// faultText says what went wrong, in French first where the pages have a text
// for it.
func faultText(err error) string {
	text := err.Error()
	e := errs.As(err)
	if e == nil {
		return text
	}
	for _, f := range e.Faults { // a name as people write it
		text = strings.Replace(text, fmt.Sprint(f.Loc), f.Field(), 1)
	}
	if french, ok := web.FaultText(catalog.French, e); ok {
		return french + " / " + text
	}
	return text
}

// blame names the variable of the environment that an option in a message had
// its value from: whoever set it never wrote the option.
func blame(app *kong.Application, args []string, message string) string {
	for f := range flags(app.Node) {
		option := "--" + f.Name
		isTyped := slices.ContainsFunc(args, func(arg string) bool { return arg == option || strings.HasPrefix(arg, option+"=") })
		if _, after, ok := strings.Cut(message, option); !ok || isTyped || strings.HasPrefix(after, "-") {
			continue
		}
		for _, name := range f.Envs {
			if _, isSet := os.LookupEnv(name); isSet && !strings.Contains(message, name) {
				return message + " (" + name + ")"
			}
		}
	}
	return message
}

// flags yields the options of a command and of all below it.
func flags(n *kong.Node) iter.Seq[*kong.Flag] {
	return func(yield func(*kong.Flag) bool) {
		for _, f := range n.Flags {
			if !yield(f) {
				return
			}
		}
		for _, child := range n.Children {
			for f := range flags(child) {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// knownSettings refuses an INTENDANT_* variable that no command reads: a
// setting mistyped must not be a setting ignored.
func knownSettings(app *kong.Application, environ []string) error {
	known := map[string]bool{}
	for f := range flags(app.Node) {
		for _, name := range f.Envs {
			known[name] = true
		}
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "INTENDANT_") && !known[name] {
			return fmt.Errorf("%s: unknown setting", name)
		}
	}
	return nil
}

type versionCmd struct{ unusedDataFlag }

// Run prints the version.
func (versionCmd) Run(out output) error {
	out.printf("intendant %s\n", version)
	return nil
}
