//! Puts functions that are alike beside each other: a generic function is in a program many times over, and what compresses it pays for the
//! distance to what it repeats. It changes no function but for the numbers of those that it calls.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    BinaryReaderError, CodeSectionReader, FunctionBody, FunctionSectionReader, Operator, Parser,
    Payload, TypeRef,
};

/// How many bytes of code in a row are one trait of a function.
const TRAIT_BYTES: usize = 5;

/// What more functions than this have in common says nothing about which of them are alike.
const COMMON: usize = 200;

/// The program with its functions in a new order.
///
/// # Errors
/// A program that cannot be read.
pub(crate) fn alike_together(program: &[u8]) -> Result<Vec<u8>, String> {
    let say = |error: BinaryReaderError| format!("the program cannot be read: {error}");
    let functions = Functions::of(program).map_err(say)?;
    let order = order(&functions.codes);
    let mut numbers = vec![0; order.len()];
    for (new, &old) in (functions.imported..).zip(&order) {
        numbers[old] = new;
    }
    let mut renumbered = Renumbered {
        imported: functions.imported,
        order,
        numbers,
    };
    let mut module = Module::new();
    renumbered
        .parse_core_module(&mut module, Parser::new(0), program)
        .map_err(|error| format!("the program cannot be put in order: {error}"))?;
    Ok(module.finish())
}

/// What a program says of its functions.
#[derive(Default)]
struct Functions {
    /// How many come from outside. Their numbers stand before all others.
    imported: u32,
    /// The code of each function of its own, without the numbers of those that it calls.
    codes: Vec<Vec<u8>>,
}

impl Functions {
    fn of(program: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut functions = Self::default();
        for payload in Parser::new(0).parse_all(program) {
            let payload = payload?;
            if let Payload::CodeSectionEntry(body) = &payload {
                functions.codes.push(code(program, body)?);
            } else if let Payload::ImportSection(imports) = payload {
                for import in imports.into_imports() {
                    if matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
                        functions.imported += 1;
                    }
                }
            }
        }
        Ok(functions)
    }
}

fn code(program: &[u8], body: &FunctionBody<'_>) -> Result<Vec<u8>, BinaryReaderError> {
    let mut code = Vec::new();
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        let start = operators.original_position();
        let names_a_function = matches!(
            operators.read()?,
            Operator::Call { .. } | Operator::RefFunc { .. } | Operator::ReturnCall { .. }
        );
        let end = match names_a_function {
            true => start + 1,
            false => operators.original_position(),
        };
        code.extend_from_slice(&program[start..end]);
    }
    Ok(code)
}

/// After each function the one that is most like it, of those that are left; and where none is like it, the next one by its code.
fn order(codes: &[Vec<u8>]) -> Vec<usize> {
    let traits: Vec<BTreeSet<&[u8]>> = codes
        .iter()
        .map(|code| code.windows(TRAIT_BYTES).collect())
        .collect();
    let mut with: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (function, of_function) in traits.iter().enumerate() {
        for each in of_function {
            with.entry(each).or_default().push(function);
        }
    }
    with.retain(|_, functions| (2..=COMMON).contains(&functions.len()));
    let mut by_code: Vec<usize> = (0..codes.len()).collect();
    by_code.sort_by_key(|&function| &codes[function]);

    let mut is_left = vec![true; codes.len()];
    let mut order: Vec<usize> = Vec::with_capacity(codes.len());
    for first in by_code {
        let mut next = is_left[first].then_some(first);
        while let Some(function) = next {
            is_left[function] = false;
            order.push(function);
            next = most_alike(function, &traits, &with, &is_left);
        }
    }
    order
}

fn most_alike(
    function: usize,
    traits: &[BTreeSet<&[u8]>],
    with: &BTreeMap<&[u8], Vec<usize>>,
    is_left: &[bool],
) -> Option<usize> {
    let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
    for each in &traits[function] {
        for &other in with.get(each).into_iter().flatten() {
            if is_left[other] {
                *shared.entry(other).or_default() += 1;
            }
        }
    }
    let most = shared.into_iter().max_by(|(one, theirs), (other, others)| {
        let all = |of: usize, in_both: usize| traits[function].len() + traits[of].len() - in_both;
        let (one_of, other_of) = (theirs * all(*other, *others), others * all(*one, *theirs));
        one_of.cmp(&other_of).then(other.cmp(one))
    });
    most.map(|(other, _)| other)
}

/// Writes a program anew, each function in its new place.
struct Renumbered {
    imported: u32,
    /// The functions' old places, in their new order.
    order: Vec<usize>,
    /// The new number of each function, by its old place.
    numbers: Vec<u32>,
}

impl Reencode for Renumbered {
    type Error = Infallible;

    fn function_index(&mut self, old: u32) -> Result<u32, Error<Infallible>> {
        Ok(match old.checked_sub(self.imported) {
            Some(own) => self.numbers[own as usize],
            None => old,
        })
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for &old in &self.order {
            functions.function(types[old]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section
            .into_iter()
            .collect::<Result<Vec<FunctionBody<'_>>, _>>()?;
        for place in 0..self.order.len() {
            let body = bodies[self.order[place]].clone();
            self.parse_function_body(code, body)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
        ImportSection, Module, TypeSection,
    };
    use wasmparser::{ExternalKind, Operator, Parser, Payload};

    use super::alike_together;

    /// One imported function, then one of many pushes, one of many memory sizes, and a second one of many pushes, which calls the second.
    fn program() -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("outside", "told", EntityType::Function(0));
        let (mut functions, mut code, mut exports) = (
            FunctionSection::new(),
            CodeSection::new(),
            ExportSection::new(),
        );
        for (name, pushed, called) in [("one", 7, 0), ("other", 70_000, 0), ("like_one", 7, 2)] {
            functions.function(0);
            exports.export(name, ExportKind::Func, functions.len());
            let mut body = Function::new([]);
            for _ in 0..9 {
                body.instructions().i32_const(pushed).i32_clz().drop();
            }
            body.instructions().call(called).end();
            code.function(&body);
        }
        module.section(&types).section(&imports);
        module.section(&functions).section(&exports).section(&code);
        module.finish()
    }

    /// The exports by their places among the program's own functions, and what each function calls.
    fn read(program: &[u8]) -> (Vec<(String, u32)>, Vec<u32>) {
        let (mut exports, mut called) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(program) {
            let payload = payload.unwrap();
            if let Payload::CodeSectionEntry(body) = &payload {
                for operator in body.get_operators_reader().unwrap() {
                    if let Operator::Call { function_index } = operator.unwrap() {
                        called.push(function_index);
                    }
                }
            } else if let Payload::ExportSection(section) = payload {
                for export in section {
                    let export = export.unwrap();
                    assert_eq!(export.kind, ExternalKind::Func);
                    exports.push((export.name.to_owned(), export.index - 1));
                }
            }
        }
        (exports, called)
    }

    #[test]
    fn functions_that_are_alike_stand_beside_each_other_and_call_whom_they_called() {
        let (exports, called) = read(&alike_together(&program()).unwrap());
        let place = |name: &str| exports.iter().find(|(other, _)| other == name).unwrap().1;
        assert_eq!(place("one").abs_diff(place("like_one")), 1);
        assert_eq!(called[place("one") as usize], 0, "the imported one");
        assert_eq!(called[place("other") as usize], 0, "the imported one");
        assert_eq!(called[place("like_one") as usize], place("other") + 1);
    }

    #[test]
    fn an_order_is_the_same_each_time() {
        let ordered = alike_together(&program()).unwrap();
        assert_eq!(alike_together(&program()).unwrap(), ordered);
        assert_eq!(alike_together(&ordered).unwrap().len(), ordered.len());
    }

    #[test]
    fn what_is_no_program_is_refused() {
        assert!(alike_together(b"not a program").is_err_and(|words| words.contains("read")));
    }
}
