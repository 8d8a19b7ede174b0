import { readFileSync } from 'node:fs';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import {
  createSchema,
  type GraphOptions,
  type GraphRole,
  printSdl,
} from '../../src/graphql/schema.ts';
import { GRAPHS } from '../harness/schema-variants.ts';

/** Names that the federation specification adds to a subgraph. Clients do not see them. */
const FEDERATION = /^_|^(?:federation|link)__/;

function ownTypes(role: GraphRole, options?: GraphOptions): GraphQLNamedType[] {
  return Object.values(createSchema(role, options).getTypeMap()).filter(
    (type) =>
      !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !FEDERATION.test(type.name),
  );
}

interface Element {
  readonly path: string;
  readonly description: string | null | undefined;
}

function elementsOf(type: GraphQLNamedType): Element[] {
  const members: Element[] = [];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (FEDERATION.test(field.name)) continue;
      members.push({ path: `${type.name}.${field.name}`, description: field.description });
      for (const { name, description } of field.args) {
        members.push({ path: `${type.name}.${field.name}(${name}:)`, description });
      }
    }
  }
  if (isInputObjectType(type)) {
    for (const { name, description } of Object.values(type.getFields())) {
      members.push({ path: `${type.name}.${name}`, description });
    }
  }
  if (isEnumType(type)) {
    for (const { name, description } of type.getValues()) {
      members.push({ path: `${type.name}.${name}`, description });
    }
  }
  return [{ path: type.name, description: type.description }, ...members];
}

describe.each(GRAPHS)('the $name graph', ({ name, role, options }) => {
  it.each(ownTypes(role, options).flatMap(elementsOf))('describes $path', ({ description }) => {
    expect(description).toMatch(/^[A-Z`].*[.`]$/s);
  });

  it.each(ownTypes(role, options).filter(isScalarType))(
    'links the specification of $name',
    ({ specifiedByURL }) => {
      expect(specifiedByURL).toMatch(/^https:/);
    },
  );

  it('matches the printed file; `npm run schema:print` updates it', () => {
    const file = new URL(`../../schema/printed/${name}.graphql`, import.meta.url);
    expect(printSdl(role, options)).toBe(readFileSync(file, 'utf8'));
  });
});

describe('the unprefixed names, which another subgraph may have too', () => {
  const unprefixed = (role: GraphRole, options?: GraphOptions) =>
    ownTypes(role, options)
      .map(({ name }) => name)
      .filter((name) => !/^(?:Start)?AsyncInvoke/.test(name))
      .sort();

  it('are only standard names', () => {
    const shared = ['AwsArn', 'DateTime', 'PageInfo', 'Query', 'S3Uri', 'Subscription'];
    expect(unprefixed('subgraph')).toEqual(shared);
    expect(unprefixed('standalone')).toEqual([...shared, 'Node'].sort());
    expect(unprefixed('subgraph', { start: true })).toEqual([...shared, 'JSON', 'Mutation'].sort());
  });

  it('do not include the Relay root fields in a subgraph', () => {
    const fields = (role: GraphRole) =>
      Object.keys(createSchema(role).getQueryType()?.getFields() ?? {}).sort();
    const own = ['asyncInvoke', 'asyncInvokes'];
    expect(fields('standalone')).toEqual([...own, 'node', 'nodes']);
    expect(fields('subgraph')).toEqual(['_entities', '_service', ...own]);
  });
});
