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
import { createSchema, printSdl } from '../../src/graphql/schema.ts';

const schema = createSchema('standalone');
const ownTypes = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

interface Element {
  readonly path: string;
  readonly description: string | null | undefined;
}

function elementsOf(type: GraphQLNamedType): Element[] {
  const members: Element[] = [];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
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

describe('the schema', () => {
  it.each(ownTypes.flatMap(elementsOf))('describes $path', ({ description }) => {
    expect(description).toMatch(/^[A-Z`].*[.`]$/s);
  });

  it.each(ownTypes.filter(isScalarType))('says where $name is specified', ({ specifiedByURL }) => {
    expect(specifiedByURL).toMatch(/^https:/);
  });

  it('is the one that is checked in; `npm run schema:print` writes it', () => {
    const file = new URL('../../schema/printed/standalone.graphql', import.meta.url);
    expect(printSdl('standalone')).toBe(readFileSync(file, 'utf8'));
  });

  it('prefixes every type that another subgraph might define too', () => {
    const shared = ['AwsArn', 'DateTime', 'Node', 'PageInfo', 'Query', 'S3Uri'];
    const names = ownTypes.map(({ name }) => name);
    expect(names.filter((name) => !name.startsWith('AsyncInvoke')).sort()).toEqual(shared);
  });
});
