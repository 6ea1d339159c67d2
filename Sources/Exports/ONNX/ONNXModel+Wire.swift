import CTareMessages
import Messages

extension ONNXModel {
  /// The bytes of a file.
  package var bytes: [UInt8] {
    let draft = Draft()
    let wire = unsafe draft.make(tare__onnx__model__init)
    unsafe wire.pointee.ir_version = 8
    unsafe wire.pointee.producer_name = draft.text("tare")
    unsafe wire.pointee.producer_version = draft.text(version)
    unsafe wire.pointee.graph = unsafe graph.wire(title: title, in: draft)
    let operators = unsafe draft.make(tare__onnx__operator_set__init)
    unsafe operators.pointee.version = Int64(ONNXGraph.operatorVersion)
    unsafe wire.pointee.n_opset_import = 1
    unsafe wire.pointee.opset_import = unsafe draft.list([0]) { _ in unsafe operators }
    unsafe wire.pointee.n_metadata_props = properties.count
    unsafe wire.pointee.metadata_props = unsafe draft.list(properties) { property in
      let wire = unsafe draft.make(tare__onnx__property__init)
      unsafe wire.pointee.key = draft.text(property.key)
      unsafe wire.pointee.value = draft.text(property.value)
      return unsafe wire
    }
    let size = unsafe tare__onnx__model__get_packed_size(wire)
    return withExtendedLifetime(draft) {
      unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = unsafe tare__onnx__model__pack(wire, buffer.baseAddress)
      }
    }
  }
}

extension ONNXGraph {
  fileprivate func wire(title: String, in draft: Draft) -> UnsafeMutablePointer<Tare__Onnx__Graph> {
    let wire = unsafe draft.make(tare__onnx__graph__init)
    unsafe wire.pointee.name = draft.text("network")
    unsafe wire.pointee.doc_string = draft.text(title)
    unsafe wire.pointee.n_node = nodes.count
    unsafe wire.pointee.node = unsafe draft.list(nodes) { unsafe $0.wire(in: draft) }
    unsafe wire.pointee.n_initializer = tensors.count
    unsafe wire.pointee.initializer = unsafe draft.list(tensors) { unsafe $0.wire(in: draft) }
    unsafe wire.pointee.n_input = 1
    unsafe wire.pointee.input = unsafe draft.list([input]) { unsafe $0.wire(in: draft) }
    unsafe wire.pointee.n_output = 1
    unsafe wire.pointee.output = unsafe draft.list([output]) { unsafe $0.wire(in: draft) }
    return unsafe wire
  }
}

extension ONNXGraph.Node {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Onnx__Node> {
    let wire = unsafe draft.make(tare__onnx__node__init)
    unsafe wire.pointee.name = draft.text(output)
    unsafe wire.pointee.op_type = draft.text(operation)
    unsafe wire.pointee.n_input = inputs.count
    unsafe wire.pointee.input = unsafe draft.list(inputs) { unsafe draft.text($0) }
    unsafe wire.pointee.n_output = 1
    unsafe wire.pointee.output = unsafe draft.list([output]) { unsafe draft.text($0) }
    unsafe wire.pointee.n_attribute = attributes.count
    unsafe wire.pointee.attribute = unsafe draft.list(attributes) { unsafe $0.wire(in: draft) }
    return unsafe wire
  }
}

extension ONNXGraph.Attribute {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Onnx__Attribute> {
    let wire = unsafe draft.make(tare__onnx__attribute__init)
    unsafe wire.pointee.name = draft.text(name)
    switch value {
    case .whole(let number):
      unsafe wire.pointee.type = TARE__ONNX__ATTRIBUTE__TYPE__INT
      unsafe wire.pointee.i = Int64(number)
    case .wholes(let numbers):
      unsafe wire.pointee.type = TARE__ONNX__ATTRIBUTE__TYPE__INTS
      unsafe wire.pointee.n_ints = numbers.count
      unsafe wire.pointee.ints = unsafe draft.copy(numbers.map(Int64.init))
    case .real(let number):
      unsafe wire.pointee.type = TARE__ONNX__ATTRIBUTE__TYPE__FLOAT
      unsafe wire.pointee.f = number
    }
    return unsafe wire
  }
}

extension ONNXGraph.Tensor {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Onnx__Tensor> {
    let wire = unsafe draft.make(tare__onnx__tensor__init)
    unsafe wire.pointee.name = draft.text(name)
    unsafe wire.pointee.n_dims = extents.count
    unsafe wire.pointee.dims = unsafe draft.copy(extents.map(Int64.init))
    switch elements {
    case .reals(let numbers):
      unsafe wire.pointee.data_type = ONNXGraph.ElementType.float.rawValue
      unsafe wire.pointee.raw_data = unsafe draft.data(numbers)
    case .wholes(let numbers):
      unsafe wire.pointee.data_type = ONNXGraph.ElementType.int64.rawValue
      unsafe wire.pointee.raw_data = unsafe draft.data(numbers)
    }
    return unsafe wire
  }
}

extension ONNXGraph.Value {
  fileprivate func wire(in draft: Draft) -> UnsafeMutablePointer<Tare__Onnx__ValueInfo> {
    let wire = unsafe draft.make(tare__onnx__value_info__init)
    unsafe wire.pointee.name = draft.text(name)
    let shape = unsafe draft.make(tare__onnx__value_info__shape__init)
    unsafe shape.pointee.n_dim = extents.count + 1
    unsafe shape.pointee.dim = unsafe draft.list([nil] + extents.map(Optional.some)) { extent in
      let wire = unsafe draft.make(tare__onnx__value_info__dimension__init)
      if let extent {
        unsafe wire.pointee.value_case = TARE__ONNX__VALUE_INFO__DIMENSION__VALUE_DIM_VALUE
        unsafe wire.pointee.dim_value = Int64(extent)
      } else {
        unsafe wire.pointee.value_case = TARE__ONNX__VALUE_INFO__DIMENSION__VALUE_DIM_PARAM
        unsafe wire.pointee.dim_param = draft.text("samples")
      }
      return unsafe wire
    }
    let tensor = unsafe draft.make(tare__onnx__value_info__tensor_type__init)
    unsafe tensor.pointee.elem_type = type.rawValue
    unsafe tensor.pointee.shape = unsafe shape
    let whole = unsafe draft.make(tare__onnx__value_info__type__init)
    unsafe whole.pointee.value_case = TARE__ONNX__VALUE_INFO__TYPE__VALUE_TENSOR_TYPE
    unsafe whole.pointee.tensor_type = unsafe tensor
    unsafe wire.pointee.type = unsafe whole
    return unsafe wire
  }
}

extension Draft {
  fileprivate func data<Number: Numeric>(_ numbers: [Number]) -> ProtobufCBinaryData {
    let bytes = unsafe UnsafeMutableRawPointer(copy(numbers)).assumingMemoryBound(to: UInt8.self)
    return unsafe ProtobufCBinaryData(len: numbers.count * MemoryLayout<Number>.stride, data: bytes)
  }
}
