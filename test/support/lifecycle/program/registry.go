package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

// repository is a repository of a registry, and how it is asked.
type repository struct {
	host, name, authorization string
	plainHTTP                 bool
}

// open splits HOST/NAME[:TAG][@DIGEST] into a repository and the tag or digest.
func (in *settings) open(image string) (repository, string, error) {
	host, rest, found := strings.Cut(image, "/")
	if !found {
		return repository{}, "", fmt.Errorf("the image %q names no registry", image)
	}
	name, reference, isDigest := strings.Cut(rest, "@")
	tagged, tag, isTag := strings.Cut(name, ":")
	if !isDigest {
		reference = "latest"
		if isTag {
			reference = tag
		}
	}
	authorization, err := credential(host)
	return repository{host, tagged, authorization, slices.Contains(in.plainHTTP, host)}, reference, err
}

// credential is the one of $DOCKER_CONFIG/config.json for a registry.
func credential(host string) (string, error) {
	var config struct {
		Auths map[string]struct {
			Auth string `json:"auth"`
		} `json:"auths"`
	}
	text, err := os.ReadFile(filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json"))
	if os.Getenv("DOCKER_CONFIG") == "" || os.IsNotExist(err) {
		return "", nil
	}
	if err == nil {
		err = json.Unmarshal(text, &config)
	}
	if auth := config.Auths[host].Auth; auth != "" {
		return "Basic " + auth, err
	}
	return "", err
}

func (r repository) address(path string) string {
	scheme := "https"
	if r.plainHTTP {
		scheme = "http"
	}
	return fmt.Sprintf("%s://%s/v2/%s/%s", scheme, r.host, r.name, path)
}

// ask sends a request and gives body and headers of an answer below 400; `path` may be a whole address.
func (r repository) ask(method, path string, body []byte, mediaType string) ([]byte, http.Header, error) {
	address := path
	if !strings.HasPrefix(path, "http") {
		address = r.address(path)
	}
	request, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Accept", manifestType+", application/vnd.docker.distribution.manifest.v2+json")
	request.Header.Set("Content-Type", mediaType)
	if r.authorization != "" {
		request.Header.Set("Authorization", r.authorization)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 400 {
		err = refusal(method, address, response.StatusCode, answer)
	}
	return answer, response.Header, err
}

func refusal(method, address string, status int, answer []byte) error {
	var said struct {
		Errors []struct{ Code, Message string }
	}
	if json.Unmarshal(answer, &said) == nil && len(said.Errors) > 0 {
		return fmt.Errorf("%s %s: %s: %s", method, address, said.Errors[0].Code, said.Errors[0].Message)
	}
	return fmt.Errorf("%s %s: unexpected status code %d %s", method, address, status, http.StatusText(status))
}

// read gives an image's manifest, its digest and its config.
func (r repository) read(reference string) (read manifest, digest string, config map[string]any, err error) {
	text, _, err := r.ask("GET", "manifests/"+reference, nil, "")
	if err != nil {
		return
	}
	if err = json.Unmarshal(text, &read); err != nil || read.Config.Digest == "" {
		return read, "", nil, fmt.Errorf("%s/%s:%s is no image: %w", r.host, r.name, reference, err)
	}
	answer, err := r.blob(read.Config.Digest)
	if err == nil {
		err = json.Unmarshal(answer, &config)
	}
	return read, digestOf(text), config, err
}

func (r repository) blob(digest string) ([]byte, error) {
	bytes, _, err := r.ask("GET", "blobs/"+digest, nil, "")
	return bytes, err
}

// mayWrite begins an upload and gives it up.
func (r repository) mayWrite() error {
	place, err := r.beginUpload("")
	if err == nil {
		_, _, err = r.ask("DELETE", place, nil, "")
	}
	return err
}

// beginUpload gives the address of an upload; empty where the registry took the blob from another repository instead.
func (r repository) beginUpload(query string) (string, error) {
	_, headers, err := r.ask("POST", "blobs/uploads/"+query, nil, "")
	if err != nil || headers.Get("Docker-Content-Digest") != "" {
		return "", err
	}
	base, err := url.Parse(r.address(""))
	if err != nil {
		return "", err
	}
	place, err := base.Parse(headers.Get("Location"))
	return place.String(), err
}

func (r repository) upload(bytes []byte, place string) error {
	separator := "?"
	if strings.Contains(place, "?") {
		separator = "&"
	}
	_, _, err := r.ask("PUT", place+separator+"digest="+digestOf(bytes), bytes, "application/octet-stream")
	return err
}

func (r repository) write(bytes []byte, mediaType string) (descriptor, error) {
	written := descriptor{mediaType, digestOf(bytes), len(bytes)}
	if _, _, err := r.ask("HEAD", "blobs/"+written.Digest, nil, ""); err == nil {
		return written, nil
	}
	place, err := r.beginUpload("")
	if err != nil {
		return written, err
	}
	return written, r.upload(bytes, place)
}

// take copies a blob of another repository.
func (r repository) take(from repository, digest string) error {
	query := ""
	if from.host == r.host {
		query = "?mount=" + digest + "&from=" + from.name
	}
	place, err := r.beginUpload(query)
	if err != nil || place == "" {
		return err
	}
	bytes, err := from.blob(digest)
	if err != nil {
		return err
	}
	return r.upload(bytes, place)
}

// put writes config and manifest of an image whose layers are there, and gives its digest.
func (r repository) put(tag string, layers []descriptor, config map[string]any) (string, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return "", err
	}
	written, err := r.write(text, configType)
	if err != nil {
		return "", err
	}
	if text, err = json.Marshal(manifest{2, manifestType, written, layers}); err != nil {
		return "", err
	}
	_, _, err = r.ask("PUT", "manifests/"+tag, text, manifestType)
	return digestOf(text), err
}

func digestOf(bytes []byte) string {
	return fmt.Sprintf("sha256:%x", sha256.Sum256(bytes))
}
