package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

const (
	codeRoot             = 1
	codeNoneDetected     = 20
	codeNoneDetectedErrs = 21
	codeBuildpackFailed  = 51
	notForThisApp        = 100
)

type buildpack struct {
	ID       string `toml:"id"`
	Version  string `toml:"version"`
	Optional bool   `toml:"optional,omitempty"`
}

type group struct {
	Group []buildpack `toml:"group"`
}

func (b buildpack) String() string { return b.ID + "@" + b.Version }

// folder is how an id is written in paths.
func (b buildpack) folder() string { return strings.ReplaceAll(b.ID, "/", "_") }

func detect(in *settings) error {
	if os.Geteuid() == 0 {
		return fail(codeRoot, "refusing to run as root")
	}
	var order struct {
		Order []group `toml:"order"`
	}
	if err := readTOML(in.order, &order); err != nil {
		return err
	}
	broke := false
	for _, each := range order.Order {
		found, errored := detectGroup(in, each.Group)
		broke = broke || errored
		if len(found) > 0 {
			return errors.Join(writeTOML(in.plan, map[string]any{"entries": []any{}}), writeTOML(in.group, group{found}))
		}
	}
	if broke {
		return fail(codeNoneDetectedErrs, "No buildpack groups passed detection; at least one buildpack errored")
	}
	return fail(codeNoneDetected, "No buildpack groups passed detection.")
}

// detectGroup says which buildpacks of a group are for the app; none when one of them is not that must be.
func detectGroup(in *settings, group []buildpack) (found []buildpack, broke bool) {
	passes := true
	tell := func(result string, b buildpack) {
		if in.logLevel == "debug" {
			fmt.Printf("%s %s\n", result, b)
		}
	}
	for _, b := range group {
		err := runScript(in, b, "detect", nil, "CNB_BUILD_PLAN_PATH="+filepath.Join(os.TempDir(), "plan.toml"))
		var exit *exec.ExitError
		switch {
		case err == nil:
			tell("pass:", b)
			found = append(found, b)
			continue
		case errors.As(err, &exit) && exit.ExitCode() == notForThisApp:
			tell("fail:", b)
		default:
			tell("err: ", b)
			broke = true
		}
		passes = passes && b.Optional
	}
	if !passes {
		return nil, broke
	}
	return found, broke
}

type process struct {
	Type    string   `toml:"type" json:"type"`
	Command []string `toml:"command" json:"command"`
	Args    []string `toml:"args" json:"args"`
	Default bool     `toml:"default" json:"default"`
}

type buildMetadata struct {
	Buildpacks []buildpack `toml:"buildpacks" json:"buildpacks"`
	Processes  []process   `toml:"processes" json:"processes"`
}

func build(in *settings) error {
	if os.Geteuid() == 0 {
		return fail(codeRoot, "refusing to run as root")
	}
	var detected group
	if err := readTOML(in.group, &detected); err != nil {
		return err
	}
	built := buildMetadata{Buildpacks: detected.Group}
	for _, b := range detected.Group {
		layers := filepath.Join(in.layers, b.folder())
		plan := filepath.Join(os.TempDir(), "buildpack-plan.toml")
		if err := errors.Join(os.MkdirAll(layers, 0o755), os.WriteFile(plan, nil, 0o644)); err != nil {
			return err
		}
		if err := runScript(in, b, "build", []string{layers, in.platform, plan}, "CNB_LAYERS_DIR="+layers, "CNB_BP_PLAN_PATH="+plan); err != nil {
			return fail(codeBuildpackFailed, "failed to build: buildpack %s failed: %v", b, err)
		}
		var launch struct {
			Processes []process `toml:"processes"`
		}
		if err := readTOML(filepath.Join(layers, "launch.toml"), &launch); err != nil && !os.IsNotExist(err) {
			return err
		}
		built.Processes = append(built.Processes, launch.Processes...)
	}
	return writeTOML(filepath.Join(in.layers, "config", "metadata.toml"), built)
}

var passedOn = []string{"PATH", "HOME", "HOSTNAME", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"}

// runScript runs a buildpack's program with a cleared environment and the variables of the platform as they are.
func runScript(in *settings, b buildpack, name string, args []string, more ...string) error {
	home := filepath.Join(in.buildpacks, b.folder(), b.Version)
	command := exec.Command(filepath.Join(home, "bin", name), args...)
	command.Dir, command.Stdout, command.Stderr = in.app, os.Stdout, os.Stderr
	command.Env = append(more, "CNB_BUILDPACK_DIR="+home, "CNB_PLATFORM_DIR="+in.platform)
	for _, name := range passedOn {
		if value, found := os.LookupEnv(name); found {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	variables := filepath.Join(in.platform, "env")
	files, _ := os.ReadDir(variables)
	for _, file := range files {
		if value, err := os.ReadFile(filepath.Join(variables, file.Name())); err == nil {
			command.Env = append(command.Env, file.Name()+"="+string(value))
		}
	}
	return command.Run()
}

func readTOML(path string, to any) error {
	_, err := toml.DecodeFile(path, to)
	return err
}

func writeTOML(path string, value any) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(toml.NewEncoder(file).Encode(value), file.Close())
}
