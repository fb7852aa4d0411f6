/** A refusal in GitHub's JSON shape. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    body: { readonly message: string } & Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.message);
    this.status = status;
    this.body = { ...body, documentation_url: 'https://docs.github.com/rest', status: String(status) };
    this.headers = headers;
  }
}

/** 404, also for what the caller may not see. */
export function notFound(): ApiError {
  return new ApiError(404, { message: 'Not Found' });
}

/** 422 with GitHub's list of what is wrong. */
export function validationFailed(
  ...errors: readonly ({ readonly resource: string; readonly code: string } & Readonly<Record<string, string>>)[]
): ApiError {
  return new ApiError(422, { message: 'Validation Failed', errors });
}
