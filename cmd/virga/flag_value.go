package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagError says what was given to a flag, and what would be right. The packages that
// read flags speak of how they did it.
func flagError(err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	f := bad.GetFlag()
	want, ok := flagKinds[f.Value.Type()]
	if r := (*rightValue)(nil); errors.As(err, &r) {
		want, ok = string(*r), true
	}
	if !ok {
		return err
	}
	return fmt.Errorf("--%s: %q is no %s", f.Name, bad.GetValue(), want)
}

// flagKinds are the types of flags in words, with an example.
var flagKinds = map[string]string{
	"duration": "time such as 90s, 10m or 72h",
	"int":      "whole number such as 4", "int64": "whole number such as 4", "uint": "whole number such as 4",
	"float64": "number such as 1.5",
	"bool":    "truth value: true or false",
}

// rightValue is what a flag with a reader of its own wants.
type rightValue string

// Error is what would be right.
func (r *rightValue) Error() string { return string(*r) }

// lifeFlag is how long something is kept: a time, in days too, or never.
type lifeFlag struct {
	text string // as the API reads it, "" when it was not given
}

// The shortest and the longest life that the API takes.
const (
	shortestLife = time.Minute
	longestLife  = 100 * 365 * 24 * time.Hour
)

// String is what was given.
func (l *lifeFlag) String() string { return l.text }

// Type is how the help calls the value.
func (l *lifeFlag) Type() string { return "time" }

// Set reads 90m, 72h, 3d or never.
func (l *lifeFlag) Set(text string) error {
	if text == "never" {
		l.text = text
		return nil
	}
	life, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); err != nil && ok {
		var n float64
		if n, err = strconv.ParseFloat(days, 64); err == nil && n >= 0 && n <= longestLife.Hours()/24 {
			life = time.Duration(n * 24 * float64(time.Hour))
		}
	}
	if err != nil || life < shortestLife || life > longestLife {
		want := rightValue("time from a minute to a hundred years, such as 90m, 72h or 3d, nor never")
		return &want
	}
	l.text = life.String()
	return nil
}

// mayBeEmpty are flags for which nothing is something.
var mayBeEmpty = map[string]bool{"description": true, "output": true, "data": true} // the last has words of its own

// notEmpty refuses flags and words that were given and hold nothing: a variable of a
// script that is not set would otherwise mean the default, or everything.
func notEmpty(cmd *cobra.Command, args []string) error {
	var empty []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && strings.TrimSpace(f.Value.String()) == "" && !mayBeEmpty[f.Name] {
			empty = append(empty, "--"+f.Name)
		}
	})
	for i, a := range args {
		if !utf8.ValidString(a) && !strings.Contains(cmd.Use, "FILE") {
			return fail(exitUsage, "word %d of `%s` is no text in UTF-8: %q", i+1, cmd.UseLine(), a)
		}
		if strings.TrimSpace(a) == "" {
			empty = append(empty, "word "+strconv.Itoa(i+1)+" of `"+cmd.UseLine()+"`")
		}
	}
	if len(empty) == 0 {
		return nil
	}
	return fail(exitUsage, "%s: empty (a variable that is not set?); say a value, or leave it out", strings.Join(empty, ", "))
}

// wrongWords says what is wrong with the words behind a verb: the first that is too
// much, or that there are too few.
func wrongWords(cmd *cobra.Command, check cobra.PositionalArgs, args []string) error {
	for n := range args {
		if check(cmd, args[:n]) == nil {
			return fail(exitUsage, "%q is a word too many; usage: %s", args[n], cmd.UseLine())
		}
	}
	if len(args) == 0 {
		return fail(exitUsage, "it does not say which; usage: %s", cmd.UseLine())
	}
	return fail(exitUsage, "a word is missing after %q; usage: %s", args[len(args)-1], cmd.UseLine())
}

// notBelow refuses numbers and times below what means something.
func notBelow(cmd *cobra.Command, least float64, names ...string) error {
	for _, name := range names {
		f := cmd.Flags().Lookup(name)
		if f == nil || !f.Changed {
			continue
		}
		value, err := strconv.ParseFloat(f.Value.String(), 64)
		if d, derr := time.ParseDuration(f.Value.String()); err != nil && derr == nil {
			value, err = float64(d), nil
		}
		if err == nil && value < least {
			return fail(exitUsage, "--%s: %s is too little", name, f.Value)
		}
	}
	return nil
}
