// SPDX-License-Identifier: MIT
// real SECONDS: functions that the compiler of V8 finds worth compiling.
function fibonacci(n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

class Shape {
    constructor(factor) {
        this.factor = factor;
    }

    area(count) {
        let sum = 0;
        for (let i = 0; i < count; i++)
            sum += Math.sqrt(i) * this.factor;
        return sum;
    }
}

function Point(x) {
    this.x = x;
}

// Constructs from compiled code, through a builtin of V8 that has labels in it.
function points(constructor, count) {
    let sum = 0;
    for (let i = 0; i < count; i++)
        sum += Reflect.construct(constructor, [i]).x;
    return sum;
}

const end = Date.now() + 1000 * (Number(process.argv[2]) || 0.1);
let sum = 0;
while (Date.now() < end) {
    sum += fibonacci(20) + new Shape(3).area(20000) + points(Point, 2000);
    sum += JSON.stringify([...Array(200).keys()].map(String)).length;
}
