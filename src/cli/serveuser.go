package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"riskreplay/src/diag"
	"riskreplay/src/server"
)

// passwordVariable may hold the password of a user that is made.
const passwordVariable = "RISKREPLAY_PASSWORD"

// userOptions are what the commands about users are told.
type userOptions struct {
	streams
	*serveOptions
	role, file string
}

func newServeUser(s streams, serve *serveOptions) *cobra.Command {
	o := &userOptions{streams: s, serveOptions: serve}
	c := &cobra.Command{Use: "user", Short: "Say who may log in"}
	add := o.command("add NAME --home DIR", "Make a user", `Makes a user who may log in. The role user may search and change nothing; admin may do
everything. A server that runs knows of it at once.`, o.add)
	add.Example = `  riskreplay serve user add ann --home splunk
  riskreplay serve user add ci --role user --password-file ci.password --home splunk`
	add.Flags().StringVar(&o.role, "role", server.RoleUser, "what the user may do: "+strings.Join(server.Roles(), " or "))
	passwd := o.command("passwd NAME --home DIR", "Give a user another password", `Gives a user another password. Whoever is logged in as that user is no longer.`, o.passwd)
	for _, one := range []*cobra.Command{add, passwd} {
		one.Long += `
The password is asked for on a terminal; else it is the first line of --password-file
(- is standard input), or the variable ` + passwordVariable + `. It is no argument: others see those.`
		one.Flags().StringVar(&o.file, "password-file", "", "file whose first line is the password; - is standard input")
	}
	remove := o.command("remove NAME --home DIR", "Remove a user", "Removes a user. The last admin stays.", func(name string) error { return server.RemoveUser(o.users(), name) })
	list := &cobra.Command{
		Use: "list --home DIR", Short: "List the users and their roles",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("expected no arguments, found %q", args)}
			}
			return o.check()
		},
		RunE: func(*cobra.Command, []string) error { return o.list() },
	}
	c.AddCommand(add, passwd, remove, list)
	return c
}

// command is a command about one user.
func (o *userOptions) command(use, short, long string, do func(name string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("expected the name of one user")}
			}
			return o.check()
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.makeHome(); err != nil {
				return environmentError{err}
			}
			return answered(do(args[0]))
		},
	}
}

// answered tells a thing that cannot be from a file that cannot be written.
func answered(err error) error {
	var wrong diag.Message
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return answerNo{err}
	}
	return environmentError{err}
}

func (o *userOptions) users() string { return o.serveOptions.file("passwd") }

func (o *userOptions) add(name string) error {
	list, err := server.ListUsers(o.users())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, u := range list {
		if u.Name == name {
			return diag.Message{Text: fmt.Sprintf("there is a user %q already", name), Hint: "riskreplay serve user passwd gives another password"}
		}
	}
	if len(list) == 0 && o.role != server.RoleAdmin {
		return diag.Message{Text: "nobody would be an admin", Hint: "start the server once, which makes one, or use --role admin"}
	}
	password, err := o.password(name)
	if err != nil {
		return err
	}
	return server.SetUser(o.users(), name, o.role, password)
}

func (o *userOptions) passwd(name string) error {
	password, err := o.password(name)
	if err != nil {
		return err
	}
	return server.SetUser(o.users(), name, "", password)
}

// password gets the password from where it is, or asks for it twice.
func (o *userOptions) password(name string) (string, error) {
	switch {
	case o.file == "-":
		return firstLine(o.streams.in)
	case o.file != "":
		f, err := os.Open(o.file)
		if err != nil {
			return "", fmt.Errorf("cannot read the password: %w", err)
		}
		defer func() { _ = f.Close() }() // it was read
		return firstLine(f)
	}
	if text, ok := os.LookupEnv(passwordVariable); ok {
		return text, nil
	}
	terminal, ok := o.streams.in.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return "", diag.Message{Text: "no password was given", Hint: "use --password-file FILE, the variable " + passwordVariable + ", or a terminal"}
	}
	first, err := o.ask(terminal, "Password of "+name+": ")
	if err != nil {
		return "", err
	}
	second, err := o.ask(terminal, "The same again: ")
	if err == nil && first != second {
		err = diag.Message{Text: "the two passwords differ", Hint: "nothing was changed"}
	}
	return first, err
}

func (o *userOptions) ask(terminal *os.File, prompt string) (string, error) {
	_, _ = fmt.Fprint(o.streams.err, prompt)
	text, err := term.ReadPassword(int(terminal.Fd()))
	_, _ = fmt.Fprintln(o.streams.err)
	return string(text), err
}

// firstLine is a line without its end.
func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 64<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("cannot read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func (o *userOptions) list() error {
	list, err := server.ListUsers(o.users())
	if err != nil {
		return environmentError{err}
	}
	for _, u := range list {
		if _, err := fmt.Fprintf(o.streams.out, "%s\t%s\n", u.Name, u.Role); err != nil {
			return written(err)
		}
	}
	return nil
}
