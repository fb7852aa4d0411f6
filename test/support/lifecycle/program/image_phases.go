package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type runImage struct {
	// By digest.
	Reference string `toml:"reference" json:"reference"`
	Image     string `toml:"image" json:"image"`
}

type analysis struct {
	RunImage runImage `toml:"run-image"`
}

// analyze reads the run image and asks for the right to write, so that trouble shows before the build.
func analyze(in *settings) error {
	from, reference, err := in.open(in.runImage)
	if err != nil {
		return err
	}
	_, digest, _, err := from.read(reference)
	if err != nil {
		return fmt.Errorf("failed to access run image %s: %w", in.runImage, err)
	}
	for _, target := range []string{in.image, in.cacheImage} {
		if target == "" {
			continue
		}
		to, _, err := in.open(target)
		if err == nil {
			err = to.mayWrite()
		}
		if err != nil {
			return fmt.Errorf("ensure registry read/write access to %s: %w", target, err)
		}
	}
	byDigest := fmt.Sprintf("%s/%s@%s", from.host, from.name, digest)
	return writeTOML(in.analyzed, analysis{runImage{byDigest, in.runImage}})
}

func restore(in *settings) error {
	if in.cacheImage == "" {
		return nil
	}
	from, tag, err := in.open(in.cacheImage)
	if err != nil {
		return err
	}
	cache, _, _, err := from.read(tag)
	if err != nil {
		fmt.Println("There is no cache image yet:", err)
		return nil
	}
	for _, layer := range cache.Layers {
		packed, err := from.blob(layer.Digest)
		if err != nil {
			return err
		}
		if err := unpack(packed, in.layers); err != nil {
			return err
		}
	}
	fmt.Printf("Restored %d layers from the cache image\n", len(cache.Layers))
	return nil
}

// image is an image in the making.
type image struct {
	in      *settings
	to      repository
	layers  []descriptor
	diffIDs []any
}

func (i *image) add(folder, as string) error {
	packed, diffID, err := archive(folder, as, i.in.uid, i.in.gid)
	if err != nil {
		return err
	}
	layer, err := i.to.write(packed, layerType)
	i.layers, i.diffIDs = append(i.layers, layer), append(i.diffIDs, diffID)
	return err
}

func export(in *settings) error {
	var analyzed analysis
	var built buildMetadata
	if err := readTOML(in.analyzed, &analyzed); err != nil {
		return err
	}
	if err := readTOML(filepath.Join(in.layers, "config", "metadata.toml"), &built); err != nil {
		return err
	}
	from, digest, err := in.open(analyzed.RunImage.Reference)
	if err != nil {
		return err
	}
	base, _, config, err := from.read(digest)
	if err != nil {
		return fmt.Errorf("failed to get run image: %w", err)
	}
	to, tag, err := in.open(in.image)
	if err != nil {
		return err
	}
	for _, layer := range base.Layers {
		if err := to.take(from, layer.Digest); err != nil {
			return err
		}
	}
	rootfs, _ := config["rootfs"].(map[string]any)
	diffIDs, _ := rootfs["diff_ids"].([]any)
	app := &image{in: in, to: to, layers: base.Layers, diffIDs: diffIDs}
	if err := addLayers(app, func(t layerTypes) bool { return t.Launch }, in.layers); err != nil {
		return err
	}
	if err := app.add(in.app, in.app); err != nil {
		return err
	}
	describe(config, analyzed, built, in.app)
	config["rootfs"] = map[string]any{"type": "layers", "diff_ids": app.diffIDs}
	exported, err := to.put(tag, app.layers, config)
	if err != nil {
		return err
	}
	fmt.Println("*** Digest:", exported)
	if err := exportCache(in); err != nil {
		fmt.Println("Warning: failed to export the cache:", err)
	}
	return writeTOML(in.report, map[string]any{"image": map[string]any{"tags": []string{in.image}, "digest": exported}})
}

func exportCache(in *settings) error {
	if in.cacheImage == "" {
		return nil
	}
	to, tag, err := in.open(in.cacheImage)
	if err != nil {
		return err
	}
	cache := &image{in: in, to: to, layers: []descriptor{}, diffIDs: []any{}}
	if err := addLayers(cache, func(t layerTypes) bool { return t.Cache }, ""); err != nil {
		return err
	}
	rootfs := map[string]any{"type": "layers", "diff_ids": cache.diffIDs}
	_, err = to.put(tag, cache.layers, map[string]any{"architecture": "amd64", "os": "linux", "rootfs": rootfs})
	return err
}

type layerTypes struct{ Launch, Build, Cache bool }

// addLayers adds the layers of all buildpacks that are wanted, below `root`.
func addLayers(to *image, wanted func(layerTypes) bool, root string) error {
	var detected group
	if err := readTOML(to.in.group, &detected); err != nil {
		return err
	}
	for _, b := range detected.Group {
		files, err := filepath.Glob(filepath.Join(to.in.layers, b.folder(), "*.toml"))
		if err != nil {
			return err
		}
		for _, file := range files {
			var layer struct {
				Types layerTypes `toml:"types"`
			}
			folder := strings.TrimSuffix(file, ".toml")
			if info, err := os.Lstat(folder); err != nil || !info.IsDir() {
				continue
			}
			if err := readTOML(file, &layer); err != nil {
				return err
			}
			if !wanted(layer.Types) {
				continue
			}
			if err := to.add(folder, filepath.Join(root, b.folder(), filepath.Base(folder))); err != nil {
				return err
			}
		}
	}
	return nil
}

// describe says in the image's config how it is started and where it comes from.
func describe(image map[string]any, analyzed analysis, built buildMetadata, app string) {
	config, _ := image["config"].(map[string]any)
	if config == nil {
		config = map[string]any{}
	}
	labels, _ := config["Labels"].(map[string]any)
	if labels == nil {
		labels = map[string]any{}
	}
	label := func(value any) string {
		text, _ := json.Marshal(value)
		return string(text)
	}
	labels["io.buildpacks.lifecycle.metadata"] = label(map[string]any{"runImage": analyzed.RunImage})
	labels["io.buildpacks.build.metadata"] = label(built)
	config["Labels"], config["WorkingDir"] = labels, app
	for _, process := range built.Processes {
		if process.Default || len(built.Processes) == 1 {
			config["Entrypoint"], config["Cmd"] = append(process.Command, process.Args...), nil
		}
	}
	image["config"], image["created"] = config, "1980-01-01T00:00:01Z"
	delete(image, "history")
}
