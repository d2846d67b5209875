# Builds `retain` and leaves the program alone in the image, which runs as a user without rights.
#
#   docker build -t retain .
#   docker run --rm --user "$(id -u):$(id -g)" --volume /srv/shop:/srv/shop --env RETAIN_DATABASE_URL retain \
#       score --config /srv/shop/retain.toml --quiet

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN cargo build --release --locked --bin retain

FROM debian:bookworm-slim
# Certificates of those whom TLS to a database trusts.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home retain
COPY --from=build /source/target/release/retain /usr/local/bin/retain
USER 10001
WORKDIR /srv/shop
ENTRYPOINT ["retain"]
CMD ["--help"]
