// Command gen makes coast.bin, the coastlines and borders that package carte
// draws, from a topology of the npm package world-atlas:
//
//	go run ./internal/carte/gen countries-10m.json internal/carte/coast.bin
//
// The topology holds Natural Earth's countries and land, cut along the
// antimeridian. See CREDITS.md for the source and the licence.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run reads the topology named by args[0] and writes the data file named by
// args[1]; it returns 0, or 1 once it has told stderr what went wrong.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) != 2 {
		fmt.Fprintln(stderr, "usage: gen countries-10m.json coast.bin")
		return 1
	}
	if err := convert(args[0], args[1], stdout); err != nil {
		fmt.Fprintln(stderr, "gen:", err)
		return 1
	}
	return 0
}

func convert(source, target string, stdout io.Writer) error {
	text, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	var topo topology
	if err := json.Unmarshal(text, &topo); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	arcs := topo.decode()
	if len(arcs) == 0 {
		return errors.New("the topology has no arcs")
	}
	land, borders, err := topo.lines()
	if err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	for i := range arcs {
		arcs[i] = simplify(unwrap(arcs[i]), tolerance)
	}
	var set tracedSet
	for _, ring := range land {
		if line := closeRing(trace(arcs, ring)); len(line) >= 4 {
			set.land = append(set.land, line)
		}
	}
	set.land = stitch(set.land)
	for _, chain := range borders {
		set.borders = append(set.borders, unwrap(trace(arcs, chain)))
	}
	data := set.encode()
	if err := os.WriteFile(target, data, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %d bytes, %d rings, %d borders, %d points\n",
		target, len(data), len(set.land), len(set.borders), set.points())
	return nil
}
