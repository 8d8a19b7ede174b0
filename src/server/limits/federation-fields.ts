/** The fields that only routers may query. */
export const FEDERATION_FIELDS: ReadonlySet<string> = new Set(['_entities', '_service']);

export const ROUTER_ONLY = 'Only the router may query `_entities` and `_service`.';
