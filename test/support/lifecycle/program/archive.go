package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The lifecycle gives every file the same date.
var fileDate = time.Unix(315532801, 0)

// archive packs a folder and gives the compressed archive and the digest of the plain one; equal content gives equal bytes.
func archive(folder, as string, uid, gid int) (packed []byte, diffID string, err error) {
	var plain bytes.Buffer
	writer := tar.NewWriter(&plain)
	err = filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		return add(writer, path, strings.TrimPrefix(filepath.Join(as, below), "/"), uid, gid)
	})
	if err = errors.Join(err, writer.Close()); err != nil {
		return nil, "", err
	}
	var compressed bytes.Buffer
	zip := gzip.NewWriter(&compressed)
	_, err = zip.Write(plain.Bytes())
	err = errors.Join(err, zip.Close())
	return compressed.Bytes(), digestOf(plain.Bytes()), err
}

func add(writer *tar.Writer, path, name string, uid, gid int) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	link := ""
	if info.Mode()&os.ModeSymlink != 0 {
		if link, err = os.Readlink(path); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	*header = tar.Header{
		Typeflag: header.Typeflag, Name: name, Linkname: link, Size: header.Size,
		Mode: header.Mode & 0o777, Uid: uid, Gid: gid, ModTime: fileDate,
	}
	if err := writer.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = writer.Write(content)
	return err
}

// unpack is for caches that this program packed, which hold folders, links and files.
func unpack(packed []byte, folder string) error {
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	for reader := tar.NewReader(plain); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || !filepath.IsLocal(header.Name) {
			return errors.Join(err, errors.New("a cache with an entry outside of it"))
		}
		path, mode := filepath.Join(folder, header.Name), os.FileMode(header.Mode)
		switch header.Typeflag {
		case tar.TypeDir:
			err = os.MkdirAll(path, mode)
		case tar.TypeSymlink:
			err = os.Symlink(header.Linkname, path)
		case tar.TypeReg:
			var content []byte
			if content, err = io.ReadAll(reader); err == nil {
				err = os.WriteFile(path, content, mode)
			}
		}
		if err != nil {
			return err
		}
	}
}
