#!/bin/sh
# Runs as root inside the image's file system, after its packages are installed: makes the user, takes away what no build needs.
set -eu

# Written as text, because useradd notes the date.
echo 'slipway:x:1000:1000::/tmp:/bin/sh' >> /etc/passwd
echo 'slipway:x:1000:' >> /etc/group
echo 'slipway:100000:65536' > /etc/subuid
echo 'slipway:100000:65536' > /etc/subgid

# File capabilities instead of setuid: a setuid newuidmap needs CAP_SYS_ADMIN in a container. Nothing else gains privileges.
find / -xdev -type f -perm /6000 -exec chmod ug-s {} +
setcap cap_setuid=ep /usr/bin/newuidmap
setcap cap_setgid=ep /usr/bin/newgidmap

# git's commands in Perl, networks of a builder that has none of its own, and what is needed to install packages only.
dpkg --purge --force-depends perl perl-modules-5.36 libperl5.36 liberror-perl containernetworking-plugins iptables \
  dirmngr gnupg gnupg-l10n gnupg-utils gpg gpg-agent gpgconf gpgsm gpg-wks-client gpg-wks-server pinentry-curses libcap2-bin \
  > /dev/null 2>&1
rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /usr/share/info/* \
  /usr/share/bash-completion /usr/share/gitweb /usr/share/lintian /usr/bin/rootlesskit-docker-proxy /etc/passwd- /etc/group-
