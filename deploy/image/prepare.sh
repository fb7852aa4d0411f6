#!/bin/sh
# Runs as root inside the image: installs the packages that it is told, where they are missing, makes the user, takes away what nobody needs.
set -eu

dpkg --status "$@" > /dev/null 2>&1 || {
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}
grep -q '^slipway:' /etc/passwd || {
  echo 'slipway:x:1000:1000::/var/lib/slipway:/usr/sbin/nologin' >> /etc/passwd
  echo 'slipway:x:1000:' >> /etc/group
}
mkdir -p /var/lib/slipway
chown 1000:1000 /var/lib/slipway

# git's commands in Perl.
dpkg --purge --force-depends perl perl-modules-5.36 libperl5.36 liberror-perl > /dev/null 2>&1 || true
find / -xdev -type f -perm /6000 -exec chmod ug-s {} +
rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /usr/share/info/*
