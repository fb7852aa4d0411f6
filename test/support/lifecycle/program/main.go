// A stand-in for the Cloud Native Buildpacks lifecycle, for tests only: the phases as a platform sees them (flags, environment,
// files, exit codes, images) and no more. Not the lifecycle, and nothing of it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

var platformAPIs = []string{"0.12", "0.13", "0.14"}

const (
	codeArguments   = 3
	codePlatformAPI = 11
)

// settings are what flags and environment say.
type settings struct {
	app, layers, platform, buildpacks, order string
	analyzed, group, plan, report            string
	runImage, cacheImage, logLevel           string
	uid, gid                                 int
	plainHTTP                                []string
	image                                    string
}

type phase struct {
	run func(*settings) error
	// failed is the exit code for trouble that has no code of its own.
	failed int
	flags  []string
}

var phases = map[string]phase{
	"analyzer": {analyze, 32, []string{"analyzed", "layers", "run-image", "cache-image", "uid", "gid"}},
	"detector": {detect, 22, []string{"analyzed", "app", "buildpacks", "group", "layers", "order", "plan", "platform"}},
	"restorer": {restore, 42, []string{"analyzed", "group", "layers", "cache-image", "uid", "gid"}},
	"builder":  {build, 52, []string{"analyzed", "app", "buildpacks", "group", "layers", "plan", "platform"}},
	"exporter": {export, 62, []string{"analyzed", "app", "group", "layers", "cache-image", "report", "uid", "gid"}},
}

type failure struct {
	code int
	error
}

func fail(code int, format string, args ...any) error {
	return failure{code, fmt.Errorf(format, args...)}
}

func main() {
	name := filepath.Base(os.Args[0])
	code, err := run(name, os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "ERROR: %s: %v\n", name, err)
	}
	os.Exit(code)
}

func run(name string, args []string) (int, error) {
	if api := os.Getenv("CNB_PLATFORM_API"); !slices.Contains(platformAPIs, api) {
		return codePlatformAPI, fmt.Errorf("the platform API version is %q, supported are %v", api, platformAPIs)
	}
	phase, known := phases[name]
	if !known {
		return codeArguments, errors.New("is no phase")
	}
	in, err := readSettings(name, phase.flags, args)
	if err != nil {
		return codeArguments, err
	}
	err = phase.run(in)
	var own failure
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &own):
		return own.code, err
	default:
		return phase.failed, err
	}
}

// readSettings takes the flags that the phase has, so that one of another phase is refused as by the real ones.
func readSettings(name string, names []string, args []string) (*settings, error) {
	in := &settings{}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	texts := map[string]struct {
		to       *string
		variable string
		usual    string
	}{
		"app":         {&in.app, "CNB_APP_DIR", "/workspace"},
		"layers":      {&in.layers, "CNB_LAYERS_DIR", "/layers"},
		"platform":    {&in.platform, "CNB_PLATFORM_DIR", "/platform"},
		"buildpacks":  {&in.buildpacks, "CNB_BUILDPACKS_DIR", "/cnb/buildpacks"},
		"order":       {&in.order, "CNB_ORDER_PATH", "/cnb/order.toml"},
		"analyzed":    {&in.analyzed, "CNB_ANALYZED_PATH", "/layers/analyzed.toml"},
		"group":       {&in.group, "CNB_GROUP_PATH", "/layers/group.toml"},
		"plan":        {&in.plan, "CNB_PLAN_PATH", "/layers/plan.toml"},
		"report":      {&in.report, "CNB_REPORT_PATH", "/layers/report.toml"},
		"run-image":   {&in.runImage, "CNB_RUN_IMAGE", ""},
		"cache-image": {&in.cacheImage, "CNB_CACHE_IMAGE", ""},
		"log-level":   {&in.logLevel, "CNB_LOG_LEVEL", "info"},
	}
	for _, each := range append(names, "log-level") {
		switch each {
		case "uid":
			flags.IntVar(&in.uid, each, 0, "")
		case "gid":
			flags.IntVar(&in.gid, each, 0, "")
		default:
			text := texts[each]
			if value := os.Getenv(text.variable); value != "" {
				text.usual = value
			}
			flags.StringVar(text.to, each, text.usual, "")
		}
	}
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if value := os.Getenv("CNB_INSECURE_REGISTRIES"); value != "" {
		in.plainHTTP = strings.Split(value, ",")
	}
	takesImage := name == "analyzer" || name == "exporter"
	if in.image = flags.Arg(0); (in.image != "") != takesImage || flags.NArg() > 1 {
		return nil, fmt.Errorf("unexpected arguments %q", flags.Args())
	}
	return in, nil
}
