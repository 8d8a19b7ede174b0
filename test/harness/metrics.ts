/** Fetches the text of `/metrics`. */
export async function metricsOf(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/**
 * Returns the value of a series such as `http_requests_total{route="/graphql",status="200"}`.
 * Undefined if the gateway does not report the series.
 */
export async function metricValue(url: string, series: string): Promise<number | undefined> {
  const lines = (await metricsOf(url)).split('\n');
  const value = lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1);
  return value === undefined ? undefined : Number(value);
}

/** Returns the number of requests that the gateway is working on. */
export function requestsInFlight(url: string): Promise<number | undefined> {
  return metricValue(url, 'http_requests_in_flight');
}
