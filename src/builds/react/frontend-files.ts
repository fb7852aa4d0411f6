/** Exit codes of `collect`, as they show in an engine's log. */
export const collectCodes = { missing: 64, empty: 65, outside: 66 } as const;

/** Shell program that checks the build's output folder, which `/slipway/output-dir` names, and copies it to `/out`. */
export const collectProgram = `#!/bin/sh
set -euf
app=$(pwd -P)
out=$(cat /slipway/output-dir)
if [ ! -d "$out" ]; then
  echo "slipway: the output folder '$out' does not exist after the build; the application's folder holds:" $(ls -p | grep -v '^node_modules/$' | head -n 40) >&2
  exit ${collectCodes.missing}
fi
dir=$(cd -- "$out" && pwd -P)
case $dir in
  "$app"/?*) ;;
  *) echo "slipway: the output folder '$out' is $dir, which is not inside the application ($app)" >&2; exit ${collectCodes.outside} ;;
esac
if [ -z "$(ls -A "$dir")" ]; then
  echo "slipway: the output folder '$out' is empty after the build" >&2
  exit ${collectCodes.empty}
fi
find "$dir" -type l -exec readlink -f {} \\; | while IFS= read -r target; do
  case $target in "$dir"/?*) ;; *)
    echo "slipway: the output folder '$out' holds a symbolic link that leads out of it" >&2; exit ${collectCodes.outside} ;;
  esac
done
mkdir -p /out
cp -R -L "$dir/." /out/
`;

/** What a frontend's build context leaves out: the image installs its own modules, and history is no source. */
export const frontendIgnore = '**/node_modules\n**/.git\n';

const assets = 'js|mjs|css|map|woff2?|ttf|otf|eot|png|jpe?g|gif|svg|webp|avif|ico|wasm|mp4|webm|pdf';

/**
 * nginx for a single-page application on a port: routes of the application give index.html, missing files 404, files with a
 * hash in their name are cached for a year, and what is mounted into `/srv/www` over a bundled file shows at once. Runs as
 * any user with a read-only root; only `/tmp` is written.
 */
export function nginxConf(port: number): string {
  return `worker_processes auto;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /dev/stdout;
  client_body_temp_path /tmp/client_body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server_tokens off;
  sendfile on;
  gzip on;
  gzip_vary on;
  gzip_min_length 1024;
  gzip_types text/css text/plain text/xml application/javascript text/javascript application/json application/manifest+json application/wasm image/svg+xml;
  # A name with a hash never changes its content; anything else is asked for again.
  map $uri $cache {
    default "no-cache";
    "~*[.-](?=[0-9a-z_]*[0-9])[0-9a-z_]{8,}\\.(${assets})$" "public, max-age=31536000, immutable";
    # Vite's hashes may have no digit, and a dash among their eight characters.
    "~^/assets/.*-(?=[\\w-]*[A-Z][\\w-]*[A-Z])(?=[\\w-]*[0-9a-z])[\\w-]{8}\\.(${assets})$" "public, max-age=31536000, immutable";
  }
  server {
    listen ${port};
    listen [::]:${port};
    root /srv/www;
    index index.html;
    absolute_redirect off;
    add_header Cache-Control $cache;
    add_header X-Content-Type-Options nosniff;
    location = /healthz { access_log off; default_type text/plain; return 200 "ok\\n"; }
    # What looks like a file and is not there is missing; anything else is a route of the application.
    location ~* \\.(${assets}|json|txt|xml|webmanifest)$ { try_files $uri =404; }
    location / { try_files $uri $uri/ /index.html; }
  }
}
`;
}
